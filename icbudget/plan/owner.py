"""Who owns what of the plan, where the partners agreed otherwise than icbudget's own table."""

from icbudget.plan.columns import Kind, Noun, Role, column


class Owner(Noun):
    """One rule of ownership: of a table's rows, or of some of its columns.

    The last that fits counts.
    """

    table: str = column(
        "Of table",
        Kind.TEXT,
        "Table it is about, called as its sheet, such as Schemes",
        min_length=1,
        role=Role.WORDS,
        opens=True,
    )
    columns: str = column(
        "Of column",
        Kind.TEXT,
        "Heading of a column, or several separated by ;. Blank: the rows themselves",
        default="",
        opens=True,
    )
    where: str = column(
        "Where",
        Kind.TEXT,
        "Rows it is about, as heading = value, such as Pool = bcf. Blank: every row",
        default="",
        opens=True,
    )
    owner: str = column(
        "Owned by",
        Kind.TEXT,
        "A partner, or joint where any partner may change it",
        min_length=1,
        opens=True,
    )
    confidential: bool = column(
        "Confidential",
        Kind.YES_NO,
        "Yes: the rows are left out of every other partner's part, in whatever form",
        default=False,
        role=Role.WORDS,
        opens=True,
    )
    reason: str = column("Agreed because", Kind.TEXT, "Why it is owned so", default="", opens=True)
