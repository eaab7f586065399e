"""Express workflows, synchronous and asynchronous."""

from __future__ import annotations

import http.client
import json
import unittest
import urllib.parse

from tests.e2e.base import ROLE, EndToEnd, one_task, pass_machine, server
from tests.e2e.test_tasks import function_arn


class TestExpress(EndToEnd):
    """Both ways to start one, and what is refused."""

    def start_sync(self, definition: dict, payload="{}") -> dict:
        machine = self.create(definition, "EXPRESS")
        return self.sfn.start_sync_execution(stateMachineArn=machine, input=payload)

    def test_synchronous_success(self):
        answer = self.start_sync(pass_machine(Result={"a": 1}), '{"in": 1}')
        self.assertEqual(("SUCCEEDED", '{"a":1}', '{"in": 1}'), tuple(answer[k] for k in ("status", "output", "input")))
        self.assertGreaterEqual(answer["billingDetails"]["billedDurationInMilliseconds"], 100)
        self.assertIn(":express:", answer["executionArn"])

    def test_synchronous_failure(self):
        answer = self.start_sync(one_task(function_arn("fail")), '{"error": "Custom"}')
        self.assertEqual(("FAILED", "Custom"), (answer["status"], answer["error"]))

    def test_asynchronous(self):
        machine = self.create(pass_machine(), "EXPRESS")
        first = self.sfn.start_execution(stateMachineArn=machine, name="same")["executionArn"]
        second = self.sfn.start_execution(stateMachineArn=machine, name="same")["executionArn"]
        self.assertNotEqual(first, second, "a name may be used again")
        said = "Invalid Arn: 'Resource type not valid in this context: express'"
        for call in (self.sfn.describe_execution, self.sfn.get_execution_history, self.sfn.stop_execution):
            self.refuses("InvalidArn", call, text=said, executionArn=first)
        said = "This operation is not supported by this type of state machine"
        self.refuses("StateMachineTypeNotSupported", self.sfn.list_executions, text=said, stateMachineArn=machine)

    def test_a_standard_machine_is_not_started_synchronously(self):
        said = "This operation is not supported by this type of state machine"
        call = self.sfn.start_sync_execution
        self.refuses("StateMachineTypeNotSupported", call, text=said, stateMachineArn=self.create(pass_machine()))

    def test_what_express_does_not_offer(self):
        definition = json.dumps(
            one_task("arn:aws:states:::lambda:invoke.waitForTaskToken", Parameters={"FunctionName": "echo"})
        )
        call = self.sfn.create_state_machine
        self.refuses(
            "InvalidDefinition",
            call,
            name="bad-express",
            definition=definition,
            roleArn=ROLE,
            type="EXPRESS",
        )

    def test_clients_that_prepend_sync_to_the_host(self):
        machine = self.create(pass_machine(Result=1), "EXPRESS")
        address = urllib.parse.urlsplit(server().url)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        headers = {
            "Host": f"sync-{address.netloc}",
            "X-Amz-Target": "AWSStepFunctions.StartSyncExecution",
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": f"AWS4-HMAC-SHA256 Credential={self.account}/20260101/us-east-1/states/aws4_request, "
            "SignedHeaders=host, Signature=0",
        }
        connection.request("POST", "/", json.dumps({"stateMachineArn": machine}), headers)
        reply = connection.getresponse()
        body = json.loads(reply.read())
        self.assertEqual((200, "SUCCEEDED", "1"), (reply.status, body["status"], body["output"]))


if __name__ == "__main__":
    unittest.main()
