/** Addresses and URLs that nobody may send us to: every range at its edges, and every way to write one. */

/** First and last of each range, and the neighbours outside where those are public. */
const RANGES_4: readonly (readonly [first: string, last: string, before: string | null, after: string | null])[] = [
  ['0.0.0.0', '0.255.255.255', null, '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['168.63.129.16', '168.63.129.16', '168.63.129.15', '168.63.129.17'],
  ['169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['192.31.196.0', '192.31.196.255', '192.31.195.255', '192.31.197.0'],
  ['192.52.193.0', '192.52.193.255', '192.52.192.255', '192.52.194.0'],
  ['192.88.99.0', '192.88.99.255', '192.88.98.255', '192.88.100.0'],
  ['192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['192.175.48.0', '192.175.48.255', '192.175.47.255', '192.175.49.0'],
  ['198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['224.0.0.0', '239.255.255.255', '223.255.255.255', null],
  ['240.0.0.0', '255.255.255.255', null, null],
]

export const INNER_4 = [
  ...RANGES_4.flatMap((each) => each.slice(0, 2) as string[]),
  '169.254.169.254',
  '169.254.170.2',
  '10.1.2.3',
]
export const OUTER_4 = [
  ...RANGES_4.flatMap(([, , before, after]) => [before, after].filter((each) => each !== null)),
  ...['1.1.1.1', '8.8.8.8', '93.184.216.34', '100.200.0.1', '172.67.1.1', '192.0.78.9', '198.41.0.4'],
]

const hex = (address: string) => {
  const [a, b, c, d] = address.split('.').map(Number) as [number, number, number, number]
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}

/** IPv6 that leads to, or stands for, an IPv4 address. */
const EMBEDDED = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '192.168.1.1', '172.16.0.1', '8.8.8.8'].flatMap(
  (each) => [
    `::ffff:${each}`,
    `::ffff:${hex(each)}`,
    `0:0:0:0:0:ffff:${hex(each)}`,
    `::${each}`,
    `::ffff:0:${hex(each)}`,
    `64:ff9b::${each}`,
    `64:ff9b::${hex(each)}`,
    `64:ff9b:1::${hex(each)}`,
    `2002:${hex(each)}::1`,
    `2001:0:4136:e378:8000:63bf:${hex(each)}`,
    `2606:4700::5efe:${hex(each)}`,
    `2606:4700::200:5efe:${hex(each)}`,
  ],
)

export const INNER_6 = [
  ...['::', '::1', '::2', '0:0:0:0:0:0:0:1', '1::', '100::', '100::1', '100:0:0:1::1', '1fff:ffff::1'],
  ...['2001::1', '2001:2::1', '2001:10::1', '2001:20::1', '2001:1ff:ffff::1', '2001:db8::', '2001:db8:ffff::1'],
  ...['2002::', '2002:ffff::1', '2620:4f:8000::1', '3fff::1', '3fff:fff:ffff::1', '4000::1', '5f00::1', '5fff::1'],
  ...[
    'fc00::1',
    'fd00::1',
    'fd00:ec2::254',
    'fdff:ffff::1',
    'fe80::1',
    'FE80::1',
    'febf::1',
    'fec0::1',
    'fe80::1%eth0',
  ],
  ...['ff00::1', 'ff02::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', ...EMBEDDED],
]
export const OUTER_6 = [
  ...['2606:4700:4700::1111', '2001:4860:4860::8888', '2001:200::1', '2001:db7:ffff::1', '2001:db9::1', '2003::1'],
  ...['2620:4f:7fff::1', '2620:4f:8001::1', '2a00:1450:4001:81b::200e', '3ffe:ffff::1', '3fff:1000::1', '2400::1'],
  ...['2606:4700:4700:0:0:0:0:1111', '2606:4700::5efd:7f00:1'],
]
export const UNREADABLE = [
  ...['', ' ', 'example.com', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.1.1.1', '0x8.8.8.8', '8.8.8.8 ', '-1.1.1.1'],
  ...[
    '2606::4700::1',
    '2606:4700',
    '2606:4700:4700:0:0:0:0:1111:1',
    ':::',
    '2606:47000::1',
    '2606:4700::8.8.8',
    'g::1',
  ],
  ...['8.8.8.8::', '2606:8.8.8.8::1', '[2606:4700::1]', '2606:4700:4700:0:0:0:0::1111'],
]

/** Hosts that are addresses once the URL parser has read them. */
export const WRITTEN = [
  ...['127.0.0.1', '127.1', '127.0.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '0177.1', '017700000001'],
  ...[
    '0x7F.0x0.0x0.0x1',
    '127.0.0.1.',
    '%31%32%37.0.0.1',
    '１２７.０.０.１',
    '127。0。0。1',
    '①②⑦.⓪.⓪.①',
    '0',
    '0.0.0.0',
  ],
  ...['169.254.169.254', '0xa9fea9fe', '2852039166', '0251.0376.0251.0376', '169.254.43518', '0xA9.0xFE.0xA9.0xFE'],
  ...[
    '10.0.0.1',
    '0xa.1',
    '167772161',
    '192.168.0.1',
    '3232235521',
    '172.16.1',
    '100.100.100.200',
    '1.1.1.1',
    '8.8.8.8',
  ],
  ...[
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
  ],
  ...['[2002:7f00:1::]', '[fe80::1]', '[fd00:ec2::254]', '[2606:4700:4700::1111]', '[2001:0:0:0:0:0:7f00:1]'],
].map((host) => `https://${host}/hook`)

export const NAMES = [
  ...['localhost', 'LOCALHOST', 'localhost.', 'api.localhost', 'intranet', 'router', 'printer.local', 'a.b.local'],
  ...['metadata.google.internal', 'db.internal', 'db.INTERNAL', 'x.onion', 'nas.home.arpa', 'nas.lan', 'wiki.corp'],
  ...['wiki.intranet', 'box.home', 'host.localdomain', 'x.private', 'example.com.', 'example.com..', 'exa%6dple'],
  ...['ｌocalhost', 'loc%61lhost', 'metadata.google.internal.', '.local'],
].map((host) => `https://${host}/hook`)

export const FORMS = [
  ...['', 'hook', '/hook', '//example.com/hook', 'example.com/hook', 'https:', 'https://', 'https:///hook'],
  ...[
    'http://example.com/',
    'HTTP://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com/',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/plain,a',
    'ws://example.com/',
    'wss://example.com/',
    'blob:https://example.com/1',
  ],
  ...['unix:///var/run/docker.sock', 'dict://example.com:11211/', 'ldap://example.com/', 'https+unix://example.com/'],
  ...[
    'https://user@example.com/',
    'https://user:pass@example.com/',
    'https://:pass@example.com/',
    'https://%40@example.com/',
  ],
  ...['https://example.com@127.0.0.1/', 'https://127.0.0.1\\@example.com/', 'https://example.com\\@127.0.0.1/'],
  ...['https://127.0.0.1#@example.com/', 'https://127.0.0.1?@example.com/', 'https://127.0.0.1/@example.com/'],
  ...['https://example.com:80/', 'https://example.com:22/', 'https://example.com:8080/', 'https://example.com:444/'],
  ...['https://example.com:0/', 'https://example.com:65536/', 'https://example.com:6379/', 'https://example.com:-1/'],
  ...['https://exa mple.com/', 'https://example.com:abc/', 'https://[::1', 'https://::1/', 'https://1.2.3.4.5/'],
  ...['https://example..com:99999/', 'https://ex|ample.com/', 'https://ex<ample.com/', 'https://256.256.256.256/'],
  ...["https://ex'ample.com/", 'https://ex*ample.com/', 'https://ex!ample.com/', 'https://$example.com/'],
  `https://example.com/${'a'.repeat(2048)}`,
]
