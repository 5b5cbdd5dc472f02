"""Drives a running pactape with MockServer's official Python client.

    python drive.py PORT

Each step is named; the first that fails ends the program with its name.
"""

import http.client
import http.server
import json
import os
import sys
import tempfile
import threading
import traceback

from mockserver.client import MockServerClient
from mockserver.exceptions import MockServerError, MockServerVerificationError
from mockserver.models import (
    Expectation, HttpError, HttpForward, HttpOverrideForwardedRequest, HttpRequest, HttpResponse, HttpTemplate, OpenAPIExpectation,
    Times, VerificationTimes,
)

PORT = int(sys.argv[1])
client = MockServerClient("127.0.0.1", PORT)


def call(method, path, body=None, headers=None):
    """Sends a request to pactape as to a server, or for an absolute URL as to a proxy."""
    conn = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        conn.request(method, path, body=body, headers=headers or {})
        answer = conn.getresponse()
        return answer.status, answer.read().decode(), answer.headers
    finally:
        conn.close()


class Upstream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"path": self.path, "added": self.headers.get("X-Added")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
threading.Thread(target=upstream.serve_forever, daemon=True).start()
UPSTREAM = upstream.server_address[1]


def refused(kind, f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except kind as refusal:
        return str(refusal)
    raise AssertionError("it was not refused")


def has_started():
    assert client.has_started()
    client.reset()
    assert client.retrieve_recorded_requests() == []


def create_and_match():
    made = client.upsert(
        Expectation(id="order", http_request=HttpRequest(method="POST", path="/orders", body={"type": "JSON", "json": {"a": 1}}),
                    http_response=HttpResponse(status_code=201, body="created")),
        Expectation(id="other", http_request=HttpRequest(path="/other"), http_response=HttpResponse(body="other"), times=Times(remaining_times=1)),
    )
    assert [e.id for e in made] == ["order", "other"], made
    assert call("POST", "/orders", '{"b":2,"a":1}')[:2] == (201, "created")
    assert call("POST", "/orders", '{"a":2}')[0] == 404
    assert call("GET", "/other")[:2] == (200, "other")
    assert call("GET", "/other")[0] == 404


def fluent():
    client.when(HttpRequest.request("/fluent")).respond(HttpResponse.response("yes", status_code=202))
    assert call("GET", "/fluent")[:2] == (202, "yes")


def bad_expectation():
    status, text, _ = call("PUT", "/mockserver/expectation", json.dumps({"httpRequest": {"paths": "/x"}, "httpResponse": {}}))
    assert status == 400 and "$.httpRequest.paths: is not defined in the schema" in text, text


def verify():
    client.verify(HttpRequest(path="/orders"), VerificationTimes(at_least=2, at_most=2))
    text = refused(MockServerVerificationError, client.verify, HttpRequest(path="/orders"), VerificationTimes(at_least=3, at_most=3))
    assert "Request not found exactly 3 times, expected:<" in text and "> but was" in text, text


def verify_responses():
    client.verify(HttpRequest(path="/orders"), VerificationTimes(at_least=1, at_most=1), response=HttpResponse(status_code=201))
    client.verify_sequence(responses=[HttpResponse(status_code=201), HttpResponse(body="other")])
    text = refused(MockServerVerificationError, client.verify, HttpRequest(path="/orders"), response=HttpResponse(status_code=299))
    assert "Response not found" in text, text


def verify_sequence():
    client.verify_sequence(HttpRequest(path="/orders"), HttpRequest(path="/fluent"))
    text = refused(MockServerVerificationError, client.verify_sequence, HttpRequest(path="/fluent"), HttpRequest(path="/orders"))
    assert "Request sequence not found, expected:<[" in text, text


def retrieve():
    paths = [r.path for r in client.retrieve_recorded_requests(HttpRequest(path="/orders"))]
    assert paths == ["/orders", "/orders"], paths
    pairs = client.retrieve_recorded_requests_and_responses(HttpRequest(path="/fluent"))
    assert [p.http_response.status_code for p in pairs] == [202], pairs
    ids = [e.id for e in client.retrieve_active_expectations()]
    assert "order" in ids and "other" not in ids, ids


def clear():
    client.clear(HttpRequest(path="/orders"), "EXPECTATIONS")
    assert call("POST", "/orders", '{"a":1}')[0] == 404
    client.clear(HttpRequest(path="/orders"), "LOG")
    assert client.retrieve_recorded_requests(HttpRequest(path="/orders")) == []
    assert client.retrieve_recorded_requests(HttpRequest(path="/fluent")) != []
    text = refused(MockServerError, client.clear_by_id, "nobody")
    assert "No expectation found with id nobody" in text, text


def forward():
    client.when(HttpRequest(path="/forward/.*")).forward(HttpForward(host="127.0.0.1", port=UPSTREAM, scheme="HTTP"))
    status, text, _ = call("GET", "/forward/a?b=1")
    assert status == 200 and json.loads(text)["path"] == "/forward/a?b=1", text


def override():
    client.upsert(Expectation(
        http_request=HttpRequest(path="/override"),
        http_override_forwarded_request=HttpOverrideForwardedRequest(
            http_request=HttpRequest.request("/overridden").with_header("Host", f"127.0.0.1:{UPSTREAM}").with_header("X-Added", "yes"),
            http_response=HttpResponse.response(status_code=203),
        )))
    status, text, _ = call("GET", "/override")
    assert status == 203 and json.loads(text) == {"path": "/overridden", "added": "yes"}, (status, text)


def error():
    client.when(HttpRequest(path="/error")).error(HttpError(drop_connection=True))
    try:
        call("GET", "/error")
    except (http.client.HTTPException, OSError):
        return
    raise AssertionError("the connection was not dropped")


def callback():
    client.mock_with_callback(HttpRequest(path="/callback"), lambda request: HttpResponse.response(f"called {request.path}", status_code=207))
    assert call("GET", "/callback")[:2] == (207, "called /callback")


def forward_callback():
    def change(request):
        return HttpRequest.request("/by-callback").with_header("Host", f"127.0.0.1:{UPSTREAM}").with_header("X-Added", request.path)

    client.mock_with_forward_callback(HttpRequest(path="/called-.*"), change)
    status, text, _ = call("GET", "/called-away")
    assert status == 200 and json.loads(text) == {"path": "/by-callback", "added": "/called-away"}, text


def template():
    client.upsert(Expectation(http_request=HttpRequest(path="/hello"), http_response_template=HttpTemplate(
        template_type="MUSTACHE", template='{"statusCode": 202, "body": "{{ request.method }} {{ request.path }}"}')))
    assert call("PATCH", "/hello")[:2] == (202, "PATCH /hello")


def by_id():
    client.upsert(Expectation(id="known", http_request=HttpRequest(path="/known"), http_response=HttpResponse(body="k")))
    call("GET", "/known")
    assert [e.id for e in client.retrieve_active_expectations_by_id("known")] == ["known"]
    assert [r.path for r in client.retrieve_recorded_requests_by_id("known")] == ["/known"]
    client.clear_by_id("known", "EXPECTATIONS")
    assert call("GET", "/known")[0] == 404
    assert "No expectation found with id never" in refused(MockServerError, client.retrieve_active_expectations_by_id, "never")


def logs():
    lines = client.retrieve_log_messages(HttpRequest(path="/fluent"))
    assert any('"path" : "/fluent"' in line for line in lines), lines


def bind():
    (port,) = client.bind(0)
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    conn.request("GET", "/fluent")
    assert conn.getresponse().status == 202
    conn.close()


def configuration():
    before = json.loads(client.retrieve_configuration())["maxExpectations"]
    assert '"maxExpectations" : 77' in client.update_configuration('{"maxExpectations": 77}')
    client.update_configuration(json.dumps({"maxExpectations": before}))


def debug_mismatch():
    client.upsert(Expectation(id="wanted", http_request=HttpRequest(method="PURGE", path="/wanted"), http_response=HttpResponse()))
    report = client.debug_mismatch(HttpRequest(method="PURGE", path="/other"))
    assert report.closest_match is not None and report.evaluated_expectations == report.total_expectations, report
    (wanted,) = [r for r in report.results if r.expectation_id == "wanted"]
    assert not wanted.matches and list(wanted.differences) == ["path"], wanted


def scenarios():
    for state, following, text in (("Started", "Paid", "unpaid"), ("Paid", "Done", "paid")):
        client.upsert(Expectation(http_request=HttpRequest(path="/bill"), http_response=HttpResponse(body=text),
                                  scenario_name="bill", scenario_state=state, new_scenario_state=following))
    assert [call("GET", "/bill")[1] for _ in range(2)] == ["unpaid", "paid"]
    bill = client.scenario("bill")
    assert bill.state() == "Done", client.scenarios()
    bill.set("Paid")
    assert call("GET", "/bill")[1] == "paid"
    bill.trigger("Started")
    assert call("GET", "/bill")[1] == "unpaid"


def open_api():
    spec = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {"/pets/{id}": {"get": {
        "operationId": "showPet",
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "responses": {"200": {"description": "ok", "content": {"application/json": {"schema": {
            "type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string", "example": "Rex"}}}}}}}}}}}
    client.open_api_expectation(OpenAPIExpectation(json.dumps(spec), {"showPet": "200"}))
    status, text, _ = call("GET", "/pets/7")
    assert status == 200 and json.loads(text) == {"id": 0, "name": "Rex"}, text
    assert call("GET", "/pets/x")[0] == 404
    refusal = refused(MockServerError, client.open_api_expectation, OpenAPIExpectation('{"swagger": "2.0"}'))
    assert "Unable to load API spec" in refusal, refusal


def record():
    status, text, _ = call("GET", f"http://127.0.0.1:{UPSTREAM}/recorded?a=1")
    assert status == 200, text
    recorded = client.retrieve_recorded_expectations(HttpRequest(path="/recorded"))
    assert [e.http_response.status_code for e in recorded] == [200], recorded


def har():
    status, text, _ = call("PUT", "/mockserver/retrieve?type=request_responses&format=har", "")
    urls = [e["request"]["url"] for e in json.loads(text)["log"]["entries"]]
    assert status == 200 and any(u.endswith("/recorded?a=1") for u in urls), urls
    made = client.import_har(text)
    assert made, "nothing was imported"


def mode():
    assert client.set_mode("SIMULATE")["mode"] == "SIMULATE"
    status, text, _ = call("GET", f"http://127.0.0.1:{UPSTREAM}/recorded?a=1")
    assert status == 200 and json.loads(text)["path"] == "/recorded?a=1", text
    assert call("GET", f"http://127.0.0.1:{UPSTREAM}/never")[0] == 404
    client.set_mode("SPY")
    assert client.retrieve_mode()["mode"] == "SPY"


def pact():
    client.reset()
    client.when(HttpRequest(method="GET", path="/pact")).respond(HttpResponse(status_code=200, body={"a": 1}))
    contract = json.loads(client.pact_export("web", "api"))
    assert [contract["consumer"]["name"], contract["provider"]["name"]] == ["web", "api"], contract
    assert [i["request"]["path"] for i in contract["interactions"]] == ["/pact"], contract
    assert json.loads(client.pact_verify(json.dumps(contract)))["verified"] is True
    contract["interactions"][0]["response"]["status"] = 201
    assert json.loads(client.pact_verify(json.dumps(contract)))["verified"] is False
    client.reset()
    made = json.loads(client.pact_import(json.dumps(contract)))
    assert len(made) == 1, made
    assert call("GET", "/pact")[:2] == (201, '{"a":1}')


def tls():
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "ca.pem")
        with open(path, "w", encoding="ascii") as ca:
            ca.write(call("GET", "/mockserver/ca.pem")[1])
        secure = MockServerClient("localhost", PORT, secure=True, ca_cert_path=path)
        secure.when(HttpRequest(path="/secure", secure=True)).respond(HttpResponse(body="safe"))
        assert call("GET", "/secure")[0] == 404, "it is for TLS alone"
        secure.verify(HttpRequest(path="/secure", secure=False), VerificationTimes(at_least=1, at_most=1))


def reset():
    client.reset()
    client.verify_zero_interactions()
    assert client.retrieve_active_expectations() == []


def stop():
    client.stop()
    while True:
        try:
            call("GET", "/gone")
        except ConnectionRefusedError:
            return
        except (http.client.HTTPException, OSError):
            pass  # it is still stopping


STEPS = [has_started, create_and_match, fluent, bad_expectation, verify, verify_responses, verify_sequence, retrieve, logs, clear,
         by_id, forward, override, error, template, callback, forward_callback, bind, debug_mismatch, configuration, scenarios,
         open_api, record, har, mode, pact, tls, reset, stop]


def main():
    for step in STEPS:
        try:
            step()
        except BaseException:
            traceback.print_exc()
            print("failed:", step.__name__)
            os._exit(1)
        print("ok", step.__name__, flush=True)
    os._exit(0)  # the client's threads do not end


main()
