/** Which licence a text is, by phrases that only it has. */

interface LicenceText {
  /** SPDX identifier. */
  readonly id: string;
  /** All of these, in text without case and with single spaces. */
  readonly phrases: readonly string[];
  /** None of these: they make it another licence. */
  readonly without?: readonly string[];
}

/** More specific texts first. */
const texts: readonly LicenceText[] = [
  { id: 'Apache-2.0', phrases: ['apache license', 'version 2.0, january 2004'] },
  { id: 'AGPL-3.0-only', phrases: ['gnu affero general public license', 'version 3, 19 november 2007'] },
  { id: 'LGPL-3.0-only', phrases: ['gnu lesser general public license', 'version 3, 29 june 2007'] },
  { id: 'LGPL-2.1-only', phrases: ['gnu lesser general public license', 'version 2.1, february 1999'] },
  { id: 'GPL-3.0-only', phrases: ['gnu general public license', 'version 3, 29 june 2007'] },
  { id: 'GPL-2.0-only', phrases: ['gnu general public license', 'version 2, june 1991'] },
  { id: 'MPL-2.0', phrases: ['mozilla public license', 'version 2.0'] },
  { id: 'EPL-2.0', phrases: ['eclipse public license - v 2.0'] },
  { id: 'BSL-1.0', phrases: ['boost software license - version 1.0'] },
  { id: 'CC0-1.0', phrases: ['cc0 1.0 universal'] },
  { id: 'CC-BY-NC-SA-4.0', phrases: ['attribution-noncommercial-sharealike 4.0 international'] },
  { id: 'CC-BY-NC-ND-4.0', phrases: ['attribution-noncommercial-noderivatives 4.0 international'] },
  { id: 'CC-BY-NC-4.0', phrases: ['attribution-noncommercial 4.0 international'] },
  { id: 'CC-BY-SA-4.0', phrases: ['attribution-sharealike 4.0 international'] },
  { id: 'CC-BY-ND-4.0', phrases: ['attribution-noderivatives 4.0 international'] },
  { id: 'CC-BY-4.0', phrases: ['attribution 4.0 international'] },
  { id: 'Unlicense', phrases: ['this is free and unencumbered software released into the public domain'] },
  { id: 'WTFPL', phrases: ['do what the fuck you want to public license'] },
  { id: 'BSD-3-Clause', phrases: ['redistribution and use in source and binary forms', 'neither the name of'] },
  {
    id: 'BSD-2-Clause',
    phrases: ['redistribution and use in source and binary forms', 'this list of conditions'],
    without: ['neither the name of'],
  },
  {
    id: 'ISC',
    phrases: ['permission to use, copy, modify, and/or distribute this software for any purpose with or without fee'],
  },
  {
    id: 'MIT-0',
    phrases: ['permission is hereby granted, free of charge, to any person obtaining a copy'],
    without: ['the above copyright notice and this permission notice shall be included'],
  },
  {
    id: 'MIT',
    phrases: [
      'permission is hereby granted, free of charge, to any person obtaining a copy',
      'the above copyright notice and this permission notice',
    ],
  },
];

/** Identifiers that people and model hubs write in lower case. */
const known = [
  ...texts.map(({ id }) => id),
  'GPL-2.0-or-later',
  'GPL-3.0-or-later',
  'LGPL-3.0-or-later',
  'AGPL-3.0-or-later',
  'CC-BY-3.0',
  'CC-BY-NC-2.0',
  'CC-BY-SA-3.0',
  'ODbL-1.0',
  'ODC-By-1.0',
  'PDDL-1.0',
  'OpenRAIL',
  'AFL-3.0',
  'Artistic-2.0',
  'ECL-2.0',
  'EUPL-1.2',
  'MS-PL',
  'NCSA',
  'OFL-1.1',
  'PostgreSQL',
  'Zlib',
  'LPPL-1.3c',
  'OSL-3.0',
].filter((id) => id !== 'OpenRAIL');

/** Short names of model hubs for what SPDX names with a version. */
const aliases: Readonly<Record<string, string>> = {
  'gpl-3.0': 'GPL-3.0-only',
  'gpl-2.0': 'GPL-2.0-only',
  'lgpl-3.0': 'LGPL-3.0-only',
  'lgpl-2.1': 'LGPL-2.1-only',
  'agpl-3.0': 'AGPL-3.0-only',
  odbl: 'ODbL-1.0',
  pddl: 'PDDL-1.0',
  unlicense: 'Unlicense',
  isc: 'ISC',
  zlib: 'Zlib',
};

/** @returns an SPDX identifier, or undefined when the text is none that we know */
export function licenceOfText(text: string): string | undefined {
  const stated = /SPDX-License-Identifier:\s*([A-Za-z0-9.+-]+)/.exec(text)?.[1];
  if (stated !== undefined) return stated;
  const plain = text.toLowerCase().replace(/\s+/g, ' ');
  const found = texts.find(
    ({ phrases, without = [] }) =>
      phrases.every((phrase) => plain.includes(phrase)) && !without.some((phrase) => plain.includes(phrase)),
  );
  return found?.id ?? licenceOfName(text.trim());
}

/** An SPDX identifier by the way that people and model hubs write it. */
export function licenceOfName(name: string): string | undefined {
  const lower = name.toLowerCase();
  return aliases[lower] ?? known.find((id) => id.toLowerCase() === lower);
}
