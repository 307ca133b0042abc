"""Turn a folder of invoices into a table: vendor, number, date and total of each.

Usage: python3 invoices.py FOLDER TABLE.csv

DOCKET_URL and DOCKET_KEY say where the server is and who asks.
"""
import csv
import os
import sys
from pathlib import Path

from docket_client import Docket

FOLDER, TABLE = Path(sys.argv[1]), Path(sys.argv[2])
FIELDS = {
    "vendor": {"type": "string", "description": "the company that wrote the invoice"},
    "invoice_number": {"type": "string"},
    "invoice_date": {"type": "string", "format": "date"},
    "total": {"type": "number", "description": "the amount to pay, with tax"},
}
PARAMETERS = {"schema": {"type": "object", "properties": FIELDS}}
MOST = 1000  # jobs in a batch

files = sorted(FOLDER.glob("*.pdf"))
if not files:
    sys.exit(f"{FOLDER} has no *.pdf")
failed = 0
with Docket(os.environ.get("DOCKET_URL", "http://127.0.0.1:8080"), key=os.environ.get("DOCKET_KEY")) as docket:
    with open(TABLE, "w", newline="", encoding="utf-8") as out:
        table = csv.writer(out)
        table.writerow(["file", *FIELDS, "remark"])
        for start in range(0, len(files), MOST):
            some = files[start:start + MOST]
            # reuse: an invoice that was read before costs nothing when the script runs again.
            batch = docket.submit_batch(
                [{"operation": "extract", "files": [str(f)], "parameters": PARAMETERS, "reuse": True} for f in some]
            )
            for file, job in zip(some, docket.wait_batch(batch["batch_id"])["jobs"]):
                if job["status"] == "completed":
                    data = docket.result(job["job_id"])["data"]
                    table.writerow([file.name, *(data[name]["value"] for name in FIELDS), ""])
                else:
                    failed += 1
                    table.writerow([file.name, *("" for _ in FIELDS), docket.job(job["job_id"]).get("error", job["status"])])
print(f"{len(files) - failed} invoices in {TABLE}, {failed} failed")
sys.exit(1 if failed else 0)
