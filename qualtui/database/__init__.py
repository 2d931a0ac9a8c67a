"""The agent's PostgreSQL: bounded connections, safe transactions, errors that leak nothing.

Reading and writing go through `Database`; statements stand in .sql files whose names are mapped by `sql`.
"""

from qualtui.database.connection import Database, DatabaseReader
from qualtui.database.errors import translate
from qualtui.database.kinds import DatabaseError, Kind
from qualtui.database.statements import moment, sql, table

__all__ = ["Database", "DatabaseError", "DatabaseReader", "Kind", "moment", "sql", "table", "translate"]
