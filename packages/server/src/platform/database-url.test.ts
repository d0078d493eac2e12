import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { hostOf, libpqEnvironment, placeOf, readDatabaseUrls } from './database-url.ts';

describe('Hosts of DATABASE_URL', () => {
  test.each([
    ['postgres://db/redcloud', ['postgres://db/redcloud']],
    [
      'postgresql://user:p%40ss@db:5433/redcloud?sslmode=disable',
      ['postgresql://user:p%40ss@db:5433/redcloud?sslmode=disable'],
    ],
    ['postgres://user:p@ss@a:1,b:2/db', ['postgres://user:p@ss@a:1/db', 'postgres://user:p@ss@b:2/db']],
    [
      'postgres://a,b,c:7/db?application_name=x',
      ['a', 'b', 'c:7'].map((host) => `postgres://${host}/db?application_name=x`),
    ],
    ['postgres://[::1]:5432,[fe80::1]/db', ['postgres://[::1]:5432/db', 'postgres://[fe80::1]/db']],
    ['postgres://u@a,b/db?target_session_attrs=read-write', ['postgres://u@a/db', 'postgres://u@b/db']],
    [
      'postgres://u@a,b/db?sslmode=require&target_session_attrs=primary',
      ['postgres://u@a/db?sslmode=require', 'postgres://u@b/db?sslmode=require'],
    ],
    ['postgres:///db?host=/var/run/postgresql', ['postgres:///db?host=/var/run/postgresql']],
    ['postgres://%2Fvar%2Frun%2Fpostgresql/db', ['postgres://%2Fvar%2Frun%2Fpostgresql/db']],
    ['postgresql://user@/db?host=/tmp', ['postgresql:///db?host=/tmp&user=user']],
    ['postgresql://user:p%40s:s@/db', ['postgresql:///db?user=user&password=p%40s%3As']],
    ['postgresql://:secret@/db', ['postgresql:///db?password=secret']],
    ['postgresql://@/db', ['postgresql:///db']],
    ['postgres://user%20name@a/we%20ird', ['postgres://user%20name@a/we%20ird']],
  ])('%s', (url, expected) => {
    expect(readDatabaseUrls(url)).toEqual(expected);
  });

  test.each([
    ['mysql://db/redcloud', /expected a URL/],
    ['postgres://db', /expected a URL/],
    ['postgres://db/', /expected a URL/],
    ['postgres://a:1,b:x/db', /expected a URL/],
    ['postgres://a,,b/db', /a host of the list is empty/],
    ['postgres://a,/db', /a host of the list is empty/],
    ['postgres://u:p@a,/db', /a host of the list is empty/],
    ['postgres://u@,a:1/db', /a host of the list is empty/],
    ['postgres://a/we%2Fird', /the database contains a reserved character/],
    ['postgres://a/we%2Cird', /the database contains a reserved character/],
    ['postgres://u%ZZ@a/db', /Write % as %25/],
    ['postgres://u:100%@a/db', /Write % as %25/],
    ['postgres://u:%ff@/db', /Write % as %25/],
    ['postgres://a/db%', /Write % as %25/],
    ['postgres://a/db?ssl=false', /Use sslmode=disable/],
    [
      'postgres://a,b/db?target_session_attrs=any',
      /target_session_attrs=any could lead to a standby\. Use read-write\./,
    ],
    ['postgres://a/db?target_session_attrs=prefer-standby', /Use read-write\./],
    ['postgres://a/db?host=b,c', /before the database, not in `host`/],
    ['postgres://a/db?port=1,2', /before the database, not in `port`/],
    ['postgres://a/db#x', /expected a URL/],
    ['', /expected a URL/],
    ['host=a,b dbname=db', /expected a URL/],
  ])('%s is rejected.', (url, reason) => {
    expect(() => readDatabaseUrls(url)).toThrow(reason);
    expect(() => readDatabaseUrls(url)).toThrow(ConfigError);
  });

  test('Any list of hosts is read in its order, and no error contains a password.', () => {
    const host = fc
      .tuple(fc.domain(), fc.option(fc.integer({ min: 1, max: 65_535 })))
      .map(([name, port]) => (port === null ? name : `${name}:${port}`));
    fc.assert(
      fc.property(fc.array(host, { minLength: 1, maxLength: 5 }), fc.uuid(), (hosts, password) => {
        const url = `postgres://user:${password}@${hosts}/db`;
        expect(readDatabaseUrls(url).map((one) => new URL(one).host)).toEqual(
          hosts.map((one) => new URL(`postgres://${one}`).host),
        );
        expect(placeOf(url)).not.toContain(password);
        for (const wrong of [`${url}?target_session_attrs=any`, url.replace('/db', ''), url.replace('@', '@,')]) {
          const error = attempt(wrong);
          expect(error).toBeInstanceOf(ConfigError);
          expect(String(error)).not.toContain(password);
        }
      }),
    );
  });

  test.each([
    ['postgres://user:secret@a:1,b/db?sslmode=require', 'a:1,b/db'],
    ['postgres://db.example.com/redcloud', 'db.example.com/redcloud'],
  ])('The place of %s has no secrets.', (url, expected) => {
    expect(placeOf(url)).toBe(expected);
  });

  test.each([
    ['postgres://a/db', 'a:5432'],
    ['postgres://[::1]:7/db', '[::1]:7'],
    ['postgres://%2Ftmp/db', '/tmp:5432'],
    ['postgres:///db?host=/tmp', '/tmp:5432'],
    ['postgres:///db', 'localhost:5432'],
  ])('The host of %s is %s.', (url, expected) => {
    expect(hostOf(url)).toBe(expected);
  });
});

describe('Environment of the programs of PostgreSQL', () => {
  const common = { PGDATABASE: 'db', PGTARGETSESSIONATTRS: 'read-write' };

  test.each([
    ['postgres://u:p%40s@a:1,b/db', { PGHOST: 'a,b', PGPORT: '1,5432', PGUSER: 'u', PGPASSWORD: 'p@s' }],
    ['postgres://[::1]/db', { PGHOST: '::1', PGPORT: '5432' }],
    ['postgres://%2Ftmp/db', { PGHOST: '/tmp', PGPORT: '5432' }],
    [
      'postgres:///db?host=/tmp&port=6&user=x&password=y',
      { PGHOST: '/tmp', PGPORT: '6', PGUSER: 'x', PGPASSWORD: 'y' },
    ],
    ['postgres://a/db?host=b', { PGHOST: 'b', PGPORT: '5432' }],
    ['postgres://a/db?options=-c%20search_path%3Drc', { PGHOST: 'a', PGPORT: '5432', PGOPTIONS: '-c search_path=rc' }],
    ['postgres://a/db?sslmode=disable', { PGHOST: 'a', PGPORT: '5432', PGSSLMODE: 'disable' }],
    ['postgres://a/db?sslmode=no-verify', { PGHOST: 'a', PGPORT: '5432', PGSSLMODE: 'require' }],
    [
      'postgres://a/db?sslmode=require&sslrootcert=/ca',
      { PGHOST: 'a', PGPORT: '5432', PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/ca' },
    ],
    ['postgres://a/db?ssl=true', { PGHOST: 'a', PGPORT: '5432', PGSSLMODE: 'verify-full', PGSSLROOTCERT: 'system' }],
    ['postgres://a/db?sslmode=require&uselibpqcompat=true', { PGHOST: 'a', PGPORT: '5432', PGSSLMODE: 'require' }],
  ])('%s', (url, expected) => {
    expect(libpqEnvironment(url)).toEqual({ ...common, ...expected });
  });
});

function attempt(url: string): unknown {
  try {
    return readDatabaseUrls(url);
  } catch (error) {
    return error;
  }
}
