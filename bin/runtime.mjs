// Plain JavaScript that even Node 18 can read: it is what tells a too old Node that it is too old.
// Normally `npm` scripts run on the Node 24 pinned under optionalDependencies, so this says nothing.
const OLDEST = [22, 19];

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const tooOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);

if (tooOld) {
  process.stderr.write(
    `Red Cloud needs Node ${OLDEST.join('.')} or newer; this is Node ${process.versions.node}. ` +
      'Run `npm ci` (it brings Node 24 along, for `npm start` and `npm test`), or install Node 24 yourself.\n' +
      'If `npm ci` was run: it must not use --omit=optional, and on this platform ' +
      `(${process.platform}-${process.arch}) there may be no packaged Node, so install it.\n`,
  );
  process.exit(1);
}
