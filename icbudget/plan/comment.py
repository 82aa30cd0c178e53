"""What people say to one another about rows of the plan."""

from typing import Literal

from icbudget.plan.columns import Kind, Noun, column


class Comment(Noun):
    """One remark about a table, a row or a cell, open until somebody settles it."""

    partner: str = column(
        "From partner",
        Kind.REFERENCE,
        "Partner whose officer says it",
        table="partners",
        min_length=1,
        opens=True,
    )
    id: str = column(
        "Comment", Kind.TEXT, "Number of the comment within the partner's", min_length=1, opens=True
    )
    table: str = column(
        "About table", Kind.TEXT, "Table it is about, called as its sheet", default="", opens=True
    )
    row: str = column(
        "About row",
        Kind.TEXT,
        "Row it is about, by its key, its parts separated by | where it has several",
        default="",
        opens=True,
    )
    cell: str = column(
        "About column", Kind.TEXT, "Heading of the column it is about", default="", opens=True
    )
    author: str = column("Author", Kind.TEXT, "Who says it", default="", opens=True)
    on: str = column("Said on", Kind.DATE, "Day it was said", default="", opens=True)
    text: str = column("Text", Kind.TEXT, "What is said", min_length=1, opens=True)
    answers: str = column(
        "Answers",
        Kind.TEXT,
        "Comment that it answers, as partner and number, such as council 3",
        default="",
        opens=True,
    )
    state: Literal["open", "settled"] = column(
        "State of comment",
        Kind.CHOICE,
        "Open until somebody settles it; an open one is counted on Start",
        default="open",
        opens=True,
    )
    settled_by: str = column("Settled by", Kind.TEXT, "Who settled it", default="", opens=True)
