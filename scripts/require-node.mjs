// npm installs the Node this project runs on; where optional packages were left out, an older one would fail obscurely.
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Tutti runs on Node 22.19 or newer and found ${process.versions.node}: run npm ci without --omit=optional`,
  )
  process.exit(1)
}
