"""How to mend what was refused: one sentence for each kind of fault, beside the one that says what is wrong."""

from __future__ import annotations

from sala.engines.wire.errors import DomainError, marked

_ADVICE = {
    "method.unreadable": marked("Check the path and that you may read the file."),
    "method.encoding": marked("Save the file as UTF-8."),
    "method.yaml": marked("Check the indentation, and that texts with “:” or “#” are in quotes."),
    "method.alias": marked("Write the part out where it is used."),
    "method.tag": marked("Remove the tag; put the text in quotes if a text is meant."),
    "method.repeated-key": marked("Keep one of the two."),
    "method.required": marked("Add it; the schema method.schema.json lists what each part needs."),
    "method.unknown-field": marked("Check the spelling, or remove it."),
    "method.choice": marked("Use one of the words listed."),
    "method.duplicate-code": marked("Give one of the two another code."),
    "method.unknown-parent": marked("Add the parent as a node, or correct its name."),
    "method.cycle": marked("Let one of these nodes have a parent outside the circle, or none."),
    "method.no-root": marked("Remove the “parent” of the node that is the index."),
    "method.two-roots": marked("Give it a parent."),
    "method.childless": marked(
        "Add “direction: up” or “direction: down”, or let other nodes name it as parent."
    ),
    "method.indicator-with-children": marked("Remove the direction, or give the child another parent."),
    "method.too-few-levels": marked("Name the deeper level too, or move the node up."),
    "method.no-weight": marked("Give at least one child a weight above zero."),
    "method.weights-do-not-sum": marked("Correct the weights, or “weights: sum”."),
    "method.illegal-pair": marked(
        "Let the scores start above zero (for example range: [1, 100]), take another mean, or say “zeros: allow”"
        " where a zero is meant to pull the whole mean to zero."
    ),
    "method.empty-range": marked("Write the lower score first: range: [0, 100]."),
    "method.no-target": marked("Add “target” to the indicator or to its normalisation."),
    "method.direction-without-scale": marked("Give it a normalisation, or turn the values in the data."),
    "method.column-used-twice": marked("Name another column, or copy the column in the data."),
    "method.unknown-group": marked("Add the column to “units: groups”."),
    "method.unknown-override-unit": marked("Correct the code of the unit."),
    "table.unreadable": marked("Check the path and that you may read the file."),
    "table.empty": marked("Check that the right file was given."),
    "table.no-rows": marked("Add a row for each unit below the heading."),
    "table.encoding": marked("Save the file as “CSV UTF-8”."),
    "table.binary": marked("Save the data as CSV, XLSX or Parquet."),
    "table.separator": marked("Save the file with commas, or as XLSX."),
    "table.csv": marked("Check the quotation marks on this line."),
    "table.ragged-row": marked(
        "Put cells that hold a comma in quotation marks, and check for missing cells."
    ),
    "table.unnamed-column": marked("Name the column, or remove it."),
    "table.repeated-column": marked("Rename or remove one of the two."),
    "table.missing-column": marked("Add the column, or name in the method the column that is meant."),
    "table.unknown-column": marked(
        "Remove the column, or list it under “units: ignored” or “units: carried”."
    ),
    "table.unit-code": marked("Give each row the code of its unit."),
    "table.duplicate-unit": marked("Keep one row for each unit."),
    "table.unknown-unit": marked("Correct the code, or add the unit to “units: known”."),
    "table.absent-unit": marked("Add its row (cells may be empty), or say “units: complete: false”."),
    "table.not-a-number": marked(
        "Write a plain number such as 1234.5 (Arabic digits, a point, no thousands separator), or leave the cell"
        " empty where it is missing."
    ),
    "table.error-cell": marked("Mend the formula, or clear the cell where the value is missing."),
    "table.zero-denominator": marked("Correct the size, or leave it empty where it is not known."),
    "table.macros": marked("Save the workbook as XLSX without macros."),
    "table.bomb": marked("Save the data anew as XLSX or CSV."),
    "table.too-large": marked("Split the file, or save it as Parquet."),
    "table.old-workbook": marked("Save it as XLSX without a password."),
    "table.unknown-sheet": marked("Name one of its sheets."),
    "run.unknown-unit": marked("Use the code of a unit as it stands in results.csv."),
    "run.constant": marked("Leave the indicator out, or say which score it gives (“constant: 50”)."),
    "run.illegal-value": marked("Correct the value, or choose a normalisation or a mean that allows it."),
    "run.indicator-availability": marked(
        "Complete the data, leave the indicator out, or lower the share asked."
    ),
    "run.nobody-left": marked("Complete the data, or lower the share asked of units."),
    "run.folder-taken": marked("Name another folder."),
    "run.unwritable": marked("Name a folder that you may write to."),
    "run.no-manifest": marked("Name a folder that was written by “sala index compute”."),
}


def advice(error: DomainError) -> str | None:
    """Return how to mend a fault, as a marked sentence in English, or None where the fault says it all."""
    return _ADVICE.get(error.code.removeprefix("composite."))
