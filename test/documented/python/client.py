"""A client of document 004, call by call as the document shows it: trigger, history, a new workflow.

Its calls are made one after the other in one program; what the document leaves to its reader, the address and the
token, comes with the command, as do the folder of the stand-in and the name of the workflow.
"""

import sys

BASE_URL, TOKEN, STAND_IN, NAME = sys.argv[1:]
# behind everything else: the library itself is taken where it is there
sys.path.append(STAND_IN)

import requests  # noqa: E402

HEADERS = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
TASKS = f"{BASE_URL}/api/v1/scheduler/tasks"


def trigger(task_id):
    response = requests.post(f"{TASKS}/{task_id}/trigger", headers=HEADERS)
    print("trigger", response.status_code, response.json()["message"])


def history(task_id):
    response = requests.get(f"{TASKS}/{task_id}/executions?skip=0&limit=10", headers=HEADERS)
    print("history", response.status_code)
    for execution in response.json()["executions"]:
        print(execution["id"], execution["status"], execution["start_time"])


def create_workflow():
    workflow_data = {
        "name": NAME,
        "task_type": "workflow",
        "cron_expression": "0 1 * * *",
        "config": {
            "workflow_type": "serial",
            "tasks": [
                {"task_id": 1, "name": "股票列表", "dependencies": []},
                {"task_id": 2, "name": "交易日历", "dependencies": [1]},
            ],
            "on_failure": "stop",
        },
        "enabled": True,
    }
    response = requests.post(TASKS, headers=HEADERS, json=workflow_data)
    print("workflow", response.status_code)
    print(response.json()["config"] == workflow_data["config"] if response.status_code == 201 else response.json())


trigger(1)
history(1)
create_workflow()
trigger(999999)
