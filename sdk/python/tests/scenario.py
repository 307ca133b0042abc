"""Runs sdk/scenario.json: scenario.py URL KEY FILE."""

import json
import sys
import time
from typing import Any

import requests

from docket_client import Docket, DocketError, WebhookError, verify_webhook


def main() -> None:
    url, key, name = sys.argv[1:]
    with open(name, encoding="utf-8") as f:
        scenario = json.load(f)
    runner = Runner(url, key, scenario["documents"])
    for n, step in enumerate(scenario["steps"]):
        runner.step(f"step {n} ({step['do']})", step)
    for case in scenario["webhooks"]:
        try:
            verify_webhook(case["body"].encode(), case["headers"], *case["secrets"])
            genuine = True
        except WebhookError:
            genuine = False
        if genuine != case["genuine"]:
            raise SystemExit(f"webhook {case['name']}: genuine is {genuine}")
    print(f"{len(scenario['steps'])} steps, {len(scenario['webhooks'])} webhooks")


class Runner:
    def __init__(self, url: str, key: str, documents: dict) -> None:
        self.url, self.documents, self.saved = url, documents, {}
        self.docket = Docket(url, key)

    def step(self, name: str, step: dict) -> None:
        given = self.resolved(step.get("with", {}))
        begun, error, answer = time.monotonic(), None, None
        try:
            answer = getattr(self, step["do"])(**given)
        except DocketError as e:
            error = e
        except requests.RequestException as e:
            if not step.get("lost"):
                raise
            return
        if step.get("lost"):
            raise SystemExit(f"{name}: it was sent again")
        took = time.monotonic() - begun
        if error and "error" not in step:
            raise SystemExit(f"{name}: {error!r} {error}")
        for member, want in step.get("error", {}).items():
            if getattr(error, member, None) != want:
                raise SystemExit(f"{name}: error {error!r} {error}: {member} is not {want}")
        if step.get("has", "") not in (str(error) if error else text_of(answer)):
            raise SystemExit(f"{name}: {error or answer} has no {step['has']!r}")
        for path, want in self.resolved(step.get("is", {})).items():
            if member_of(answer, path) != want:
                raise SystemExit(f"{name}: {path} is {member_of(answer, path)!r} and not {want!r}")
        if took < step.get("at_least", 0):
            raise SystemExit(f"{name}: took {took} s")
        if "save" in step:
            self.saved[step["save"]] = answer

    def resolved(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self.resolved(v) for name, v in value.items()}
        if isinstance(value, list):
            return [self.resolved(v) for v in value]
        if isinstance(value, str) and value.startswith("$"):
            name, _, path = value[1:].partition(".")
            return member_of(self.saved[name], path)
        return value

    def files(self, request: dict) -> dict:
        return {**request, "files": [(name, self.documents[name].encode()) for name in request.get("files", [])]}

    def submit(self, **request: Any) -> Any:
        return self.docket.submit(**self.files(request))

    def submit_batch(self, jobs: list) -> Any:
        return self.docket.submit_batch([self.files(job) for job in jobs])

    def watch(self, id: str) -> Any:
        seen = list(self.docket.watch(id))
        versions = [update.get("version", 0) for update in seen]
        return {"count": len(seen), "last": seen[-1], "rising": versions == sorted(set(versions))}

    def jobs(self, **filters: Any) -> Any:
        found = list(self.docket.jobs(**filters))
        return {"count": len(found), "first": found[0] if found else None}

    def fault(self, **what: Any) -> None:
        requests.post(self.url + "/-/fault", json=what, timeout=10).raise_for_status()

    def result_as(self, id: str, format: str) -> Any:
        return self.docket.result_as(id, format).decode()

    def statuses(self, ids: list) -> Any:
        return self.docket.statuses(ids)

    def create_webhook(self, **request: Any) -> Any:
        return self.docket.create_webhook(**request)

    def create_key(self, **request: Any) -> Any:
        return self.docket.create_key(**request)

    def webhooks(self) -> Any:
        return self.docket.webhooks()

    def keys(self) -> Any:
        return self.docket.keys()

    def replay(self, id: str, delivery: str) -> Any:
        return self.docket.replay(id, delivery)

    def __getattr__(self, name: str) -> Any:
        return lambda id: getattr(self.docket, name)(id)


def text_of(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)


def member_of(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = value[int(name)] if isinstance(value, list) else (value or {}).get(name)
    return value


main()
