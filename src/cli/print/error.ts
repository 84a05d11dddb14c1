/** A failure for people: what was tried and what is so, the places, and what would help. */
import { type Problem, WaybillError } from '../../base/errors.ts';
import type { Paint } from './paint.ts';
import { safeText } from './safe-text.ts';

export function formatError(error: unknown, paint: Paint): string {
  if (!(error instanceof WaybillError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${paint.bad('bug')}: this is a bug in Waybill, please report it with what follows\n${stack}`;
  }
  const lines = [`${paint.bad('error')}: ${safeText(error.message)}`];
  for (const problem of error.problems) lines.push('', ...formatProblem(problem, paint));
  if (error.hint !== undefined) lines.push('', `${paint.bold('hint')}: ${safeText(error.hint)}`);
  return lines.join('\n');
}

function formatProblem({ file, line, column, source, message }: Problem, paint: Paint): string[] {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const lines = [`  ${paint.bold(place)}: ${safeText(message)}`];
  if (source === undefined || source.trim() === '') return lines;
  const shown = safeText(source.replaceAll('\t', ' ')).slice(0, 160);
  lines.push(`    ${shown}`);
  if (column !== undefined && column <= shown.length + 1) lines.push(`    ${' '.repeat(column - 1)}${paint.bad('^')}`);
  return lines;
}

/** The same for programs; its schema is schemas/output/error.schema.json. */
export function errorJson(error: unknown): { readonly error: Record<string, unknown> } {
  if (!(error instanceof WaybillError)) {
    return {
      error: {
        code: 'INTERNAL',
        message: error instanceof Error ? error.message : String(error),
        hint: 'Please report this bug',
      },
    };
  }
  const { code, message, hint, expected, found, problems } = error;
  return {
    error: {
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(expected === undefined ? {} : { expected }),
      ...(found === undefined ? {} : { found }),
      ...(problems.length === 0 ? {} : { problems }),
    },
  };
}
