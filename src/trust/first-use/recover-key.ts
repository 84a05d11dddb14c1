/**
 * The public key behind an ECDSA signature: SEC 1 §4.1.6, "Public Key Recovery Operation". A bundle names
 * its key by the digest of the key's text, and does not carry it. The few keys that could have made the
 * signature follow from it, and the one that has the name is the one. So a signature can be verified, and
 * its key remembered, where nobody was given the key: it says that it is the same as last time, not whose it is.
 */
import { createHash, createPublicKey } from 'node:crypto';
import type { Bundle } from '../bundle/bundle.ts';
import { preAuthEncoding } from '../dsse/envelope.ts';
import { type PublicKey, publicKeyOf, verifySignature } from '../keys/public-key.ts';

interface Curve {
  readonly name: 'P-256' | 'P-384' | 'P-521';
  readonly hash: string;
  /** The field is of this prime, the group of order `n`; y² = x³ − 3x + b (FIPS 186-4, D.1.2). */
  readonly p: bigint;
  readonly n: bigint;
  readonly b: bigint;
  readonly g: Point;
}

/** Undefined is the point at infinity, which whoever made a signature can bring about. */
type Point = { readonly x: bigint; readonly y: bigint } | undefined;

const curves: readonly Curve[] = [
  {
    name: 'P-256',
    hash: 'sha256',
    p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
    n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
    b: 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn,
    g: {
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
  },
  {
    name: 'P-384',
    hash: 'sha384',
    p: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
    b: 0xb3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aefn,
    g: {
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
  },
  {
    name: 'P-521',
    hash: 'sha512',
    p: 2n ** 521n - 1n,
    n: 0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
    b: 0x0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00n,
    g: {
      x: 0x00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
    },
  },
];

/** @returns the key that signed the bundle, if it names one by its digest and that one did */
export function recoverKey({ material, envelope }: Pick<Bundle, 'material' | 'envelope'>): PublicKey | undefined {
  const numbers = readSignature(envelope.signature);
  const hint = material.kind === 'key' ? material.hint : undefined;
  if (hint === undefined || numbers === undefined) return undefined;
  const message = preAuthEncoding(envelope.payloadType, envelope.payload);
  // A signature of a larger curve whose numbers both fit a smaller one is as good as impossible.
  const curve = curves.find(({ n }) => numbers.r < n && numbers.s < n);
  const candidates = curve === undefined ? [] : candidatesOf(curve, numbers, message);
  return candidates.find((key) => namesOf(key).includes(hint) && verifySignature(key, message, envelope.signature));
}

/** As Model Signing names a key, and as cosign does. */
function namesOf({ id, key }: PublicKey): readonly string[] {
  const der = key.export({ type: 'spki', format: 'der' });
  return [id, createHash('sha256').update(der).digest('base64')];
}

/** Both numbers of a DER sequence of two integers; the verification after it is what is strict. */
function readSignature(signature: Buffer): { r: bigint; s: bigint } | undefined {
  const start = signature[1] === 0x81 ? 3 : 2;
  const first = signature[start + 1] ?? 0;
  const second = signature[start + 3 + first] ?? 0;
  const [r, s] = [signature.subarray(start + 2, start + 2 + first), signature.subarray(start + 4 + first)];
  if (signature[0] !== 0x30 || r.length !== first || s.length !== second || first === 0 || second === 0)
    return undefined;
  const numbers = { r: BigInt(`0x${r.toString('hex')}`), s: BigInt(`0x${s.toString('hex')}`) };
  return numbers.r > 0n && numbers.s > 0n ? numbers : undefined;
}

function candidatesOf(curve: Curve, { r, s }: { r: bigint; s: bigint }, message: Buffer): readonly PublicKey[] {
  const { p, n, b, hash } = curve;
  // All three primes are 3 modulo 4: a power is a root, where there is one.
  const square = mod(r ** 3n - 3n * r + b, p);
  const root = power(square, (p + 1n) / 4n, p);
  if (mod(root * root, p) !== square) return [];
  const e = BigInt(`0x${createHash(hash).update(message).digest('hex')}`);
  const inverse = invert(r, n);
  const factors = [mod(-e * inverse, n), mod(s * inverse, n)] as const;
  return [root, p - root].flatMap((y) => keysAt(curve, sumOfProducts(curve, factors, { x: r, y })));
}

function keysAt({ name, p }: Curve, point: Point): readonly PublicKey[] {
  if (point === undefined) return [];
  const size = Math.ceil(p.toString(16).length / 2);
  const text = (value: bigint) => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'EC', crv: name, x: text(point.x), y: text(point.y) }, format: 'jwk' });
  return [publicKeyOf(key, 'of the signature')];
}

/** a·G + c·R, both products at once: twice as fast as one after the other. */
function sumOfProducts(curve: Curve, [a, c]: readonly [bigint, bigint], r: Point): Point {
  const both = add(curve, curve.g, r);
  let sum: Point;
  for (let bit = BigInt(curve.n.toString(2).length - 1); bit >= 0n; bit--) {
    sum = add(curve, sum, sum);
    const [hasG, hasR] = [(a >> bit) & 1n, (c >> bit) & 1n];
    if (hasG === 1n) sum = add(curve, sum, hasR === 1n ? both : curve.g);
    else if (hasR === 1n) sum = add(curve, sum, r);
  }
  return sum;
}

function add({ p }: Curve, first: Point, second: Point): Point {
  if (first === undefined || second === undefined) return first ?? second;
  const isSame = first.x === second.x && first.y === second.y;
  if (first.x === second.x && !isSame) return undefined;
  const slope = isSame
    ? mod((3n * first.x ** 2n - 3n) * invert(2n * first.y, p), p)
    : mod((second.y - first.y) * invert(mod(second.x - first.x, p), p), p);
  const x = mod(slope ** 2n - first.x - second.x, p);
  return { x, y: mod(slope * (first.x - x) - first.y, p) };
}

function mod(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus;
    if (bit === '1') result = (result * base) % modulus;
  }
  return result;
}

/** Euclid's algorithm: ten times faster than a power. */
function invert(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [mod(value, modulus), modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b, x, y] = [b % a, a, y - quotient * x, x];
  }
  return mod(x, modulus);
}
