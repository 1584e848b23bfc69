"""An import contract: a room is entered through its door, the package itself, and never by one of its files."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class OnlyTheDoor(Contract):
    """No room imports a file of another room; `root`'s modules named in `may_enter` map the city and may."""

    type_name = "only_the_door"

    root = fields.StringField()
    open_rooms = fields.SetField(subfield=fields.StringField())
    may_enter = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = []
        for importer in sorted(graph.modules):
            room = self._room_of(importer)
            if room is None or room in self.may_enter:  # type: ignore[operator]
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                other = self._room_of(imported)
                inside = imported.count(".") > 1
                if other and inside and other != room and other not in self.open_rooms:  # type: ignore[operator]
                    lines = [
                        d["line_number"]
                        for d in graph.get_import_details(importer=importer, imported=imported)
                    ]
                    broken.append((importer, imported, lines))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, lines in check.metadata["broken"]:
            where = ", ".join(str(line) for line in lines)
            output.print_error(f"{importer} -> {imported} (l. {where})", bold=False)
        output.new_line()

    def _room_of(self, module: str) -> str | None:
        parts = module.split(".")
        return parts[1] if len(parts) > 1 and parts[0] == self.root else None
