import { expect, test } from 'vitest';
import { proxyFor } from './proxy.ts';

const proxy = 'http://proxy.test:3128';
const through = (url: string, noProxy?: string) =>
  proxyFor(new URL(url), {
    HTTPS_PROXY: proxy,
    http_proxy: proxy,
    ...(noProxy === undefined ? {} : { NO_PROXY: noProxy }),
  })?.host;

test('proxyFor() takes the proxy of the scheme', () => {
  expect(through('https://a.test/')).toBe('proxy.test:3128');
  expect(proxyFor(new URL('https://a.test/'), { HTTP_PROXY: proxy })).toBeUndefined();
  expect(proxyFor(new URL('http://a.test/'), { HTTP_PROXY: 'proxy.test:3128' })?.href).toBe('http://proxy.test:3128/');
  expect(() => proxyFor(new URL('http://a.test/'), { HTTP_PROXY: 'socks5://proxy.test' })).toThrow('HTTP_PROXY');
});

test.each([
  ['*', 'https://a.test/'],
  ['b.test, a.test', 'https://a.test/'],
  ['a.test', 'https://registry.a.test/'],
  ['.a.test', 'https://registry.a.test/'],
  ['*.a.test', 'https://registry.a.test/'],
  ['a.test:443', 'https://a.test/'],
  ['127.0.0.1', 'http://127.0.0.1:5000/'],
  ['10.0.0.0/8', 'https://10.1.2.3/'],
  ['::1', 'http://[::1]:5000/'],
  ['[::1]:5000', 'http://[::1]:5000/'],
  ['fd00::/8', 'https://[fd00::1]/'],
  ['LOCALHOST', 'http://localhost:5000/'],
])('NO_PROXY=%s exempts %s', (list, url) => {
  expect(through(url, list)).toBeUndefined();
});

test.each([
  ['a.test', 'https://ba.test/'],
  ['.a.test', 'https://a.test/'],
  ['a.test:5000', 'https://a.test/'],
  ['10.0.0.0/8', 'https://11.1.2.3/'],
  ['10.0.0.0/99', 'https://10.1.2.3/'],
  ['', 'https://a.test/'],
])('NO_PROXY=%s does not exempt %s', (list, url) => {
  expect(through(url, list)).toBe('proxy.test:3128');
});
