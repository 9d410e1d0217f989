"""Loading a real city from tables: `load` checks everything first and writes all or nothing."""

from huiyin.ops.loading.apply.session import Counts
from huiyin.ops.loading.faults import Problem
from huiyin.ops.loading.loader import load
from huiyin.ops.loading.report import Report
from huiyin.ops.loading.tables import Table

__all__ = ["Counts", "Problem", "Report", "Table", "load"]
