import static org.mockserver.model.HttpError.error;
import static org.mockserver.model.HttpForward.forward;
import static org.mockserver.model.HttpOverrideForwardedRequest.forwardOverriddenRequest;
import static org.mockserver.model.HttpRequest.request;
import static org.mockserver.model.HttpResponse.response;
import static org.mockserver.model.HttpTemplate.template;
import static org.mockserver.model.JsonBody.json;
import static org.mockserver.model.OpenAPIDefinition.openAPI;
import static org.mockserver.model.RegexBody.regex;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.mockserver.client.MockServerClient;
import org.mockserver.configuration.Configuration;
import org.mockserver.matchers.TimeToLive;
import org.mockserver.matchers.Times;
import org.mockserver.mock.Expectation;
import org.mockserver.mock.MockMode;
import org.mockserver.mock.OpenAPIExpectation;
import org.mockserver.model.ClearType;
import org.mockserver.model.ExpectationId;
import org.mockserver.model.Format;
import org.mockserver.model.HttpRequest;
import org.mockserver.model.HttpTemplate.TemplateType;
import org.mockserver.model.OpenAPIDefinition;
import org.mockserver.verify.VerificationTimes;

/**
 * Drives a running pactape with MockServer's official Java client.
 *
 * <pre>java -cp 'target/dependency/*' Drive.java PORT</pre>
 *
 * Each step is named; the first that fails ends the program with its name.
 */
public class Drive {
    static int port;
    static int upstream;
    static MockServerClient client;

    interface Step {
        void run() throws Exception;
    }

    record Answer(int status, String body) {}

    /** Sends a request to pactape as to a server. */
    static Answer call(String method, String path, String body) throws Exception {
        return send(HttpClient.newHttpClient(), method, "http://127.0.0.1:" + port + path, body);
    }

    /** Sends a request through pactape as a proxy. */
    static Answer proxied(String url) throws Exception {
        HttpClient through = HttpClient.newBuilder().proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", port))).build();
        return send(through, "GET", url, "");
    }

    static Answer send(HttpClient http, String method, String url, String body) throws Exception {
        var publisher = body.isEmpty() ? java.net.http.HttpRequest.BodyPublishers.noBody() : java.net.http.HttpRequest.BodyPublishers.ofString(body);
        var answer = http.send(java.net.http.HttpRequest.newBuilder(URI.create(url)).version(HttpClient.Version.HTTP_1_1).method(method, publisher).build(),
            java.net.http.HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body());
    }

    static void same(Object want, Object got) {
        if (!want.equals(got)) {
            throw new AssertionError("want " + want + ", got " + got);
        }
    }

    static void has(String want, String text) {
        if (!text.contains(want)) {
            throw new AssertionError("want " + want + " in " + text);
        }
    }

    static String refused(Step step) throws Exception {
        try {
            step.run();
        } catch (AssertionError | RuntimeException e) {
            return String.valueOf(e.getMessage());
        }
        throw new IllegalStateException("it was not refused");
    }

    static Map<String, Step> steps() {
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("has started", () -> {
            same(true, client.hasStarted());
            client.reset();
        });
        steps.put("create and match", () -> {
            client.when(request().withMethod("POST").withPath("/orders").withBody(json("{\"a\":1}"))).respond(response("created").withStatusCode(201));
            Expectation[] made = client.when(request().withPath("/other"), Times.once()).respond(response("other"));
            same(1, made.length);
            same(new Answer(201, "created"), call("POST", "/orders", "{\"b\":2,\"a\":1}"));
            same(404, call("POST", "/orders", "{\"a\":2}").status());
            same(new Answer(200, "other"), call("GET", "/other", ""));
            same(404, call("GET", "/other", "").status());
        });
        steps.put("a bad expectation is refused", () -> has("No expectation found with id nobody", refused(() -> client.clear(new org.mockserver.model.ExpectationId().withId("nobody")))));
        steps.put("verify", () -> {
            client.verify(request().withPath("/orders"), VerificationTimes.exactly(2));
            has("Request not found exactly 3 times, expected:<", refused(() -> client.verify(request().withPath("/orders"), VerificationTimes.exactly(3))));
        });
        steps.put("verify what was answered", () -> {
            client.verify(request().withPath("/orders"), response().withStatusCode(201), VerificationTimes.once());
            client.verify(response().withBody("other"));
            has("Response not found at least once, expected:<{", refused(() -> client.verify(response().withStatusCode(299))));
        });
        steps.put("verify a sequence", () -> {
            client.verify(request().withPath("/orders"), request().withPath("/other"));
            has("Request sequence not found, expected:<[", refused(() -> client.verify(request().withPath("/other"), request().withPath("/orders"))));
        });
        steps.put("retrieve", () -> {
            HttpRequest[] orders = client.retrieveRecordedRequests(request().withPath("/orders"));
            same(List.of("/orders", "/orders"), Arrays.stream(orders).map(r -> r.getPath().getValue()).toList());
            same(2, client.retrieveRecordedRequestsAndResponses(request().withPath("/orders")).length);
            same(1, client.retrieveActiveExpectations(null).length);
            has("\"version\"", client.retrieveRecordedRequests(null, Format.HAR));
        });
        steps.put("clear", () -> {
            client.clear(request().withPath("/orders"), ClearType.EXPECTATIONS);
            same(404, call("POST", "/orders", "{\"a\":1}").status());
            client.clear(request().withPath("/orders"), ClearType.LOG);
            same(0, client.retrieveRecordedRequests(request().withPath("/orders")).length);
        });
        steps.put("forward", () -> {
            client.when(request().withPath("/forward/.*")).forward(forward().withHost("127.0.0.1").withPort(upstream));
            same(new Answer(200, "/forward/a?b=1 null"), call("GET", "/forward/a?b=1", ""));
        });
        steps.put("override", () -> {
            client.when(request().withPath("/override")).forward(forwardOverriddenRequest(
                request().withPath("/overridden").withHeader("Host", "127.0.0.1:" + upstream).withHeader("X-Added", "yes"),
                response().withStatusCode(203)));
            same(new Answer(203, "/overridden yes"), call("GET", "/override", ""));
        });
        steps.put("error", () -> {
            client.when(request().withPath("/error")).error(error().withDropConnection(true));
            try {
                call("GET", "/error", "");
            } catch (IOException e) {
                return;
            }
            throw new AssertionError("the connection was not dropped");
        });
        steps.put("response callback", () -> {
            client.when(request().withPath("/callback")).respond(r -> response("called " + r.getPath().getValue()).withStatusCode(207));
            same(new Answer(207, "called /callback"), call("GET", "/callback", ""));
        });
        steps.put("forward callback", () -> {
            client.when(request().withPath("/forwarded")).forward(r -> request().withPath("/by-callback").withHeader("Host", "127.0.0.1:" + upstream));
            same(new Answer(200, "/by-callback null"), call("GET", "/forwarded", ""));
        });
        steps.put("forward callback that changes the answer", () -> {
            client.when(request().withPath("/changed")).forward(
                r -> request().withPath("/by-callback").withHeader("Host", "127.0.0.1:" + upstream),
                (r, answer) -> response(answer.getBodyAsString() + " changed").withStatusCode(208));
            same(new Answer(208, "/by-callback null changed"), call("GET", "/changed", ""));
        });
        steps.put("template", () -> {
            client.when(request().withPath("/hello")).respond(template(TemplateType.MUSTACHE, "{\"statusCode\": 202, \"body\": \"{{ request.path }}\"}"));
            same(new Answer(202, "/hello"), call("GET", "/hello", ""));
        });
        steps.put("scenario", Drive::scenario);
        steps.put("by id", () -> {
            client.when(request().withPath("/known")).withId("known").respond(response("k"));
            call("GET", "/known", "");
            ExpectationId known = ExpectationId.expectationId("known");
            client.verify(known, VerificationTimes.once());
            has("exactly 2 times", refused(() -> client.verify(known, VerificationTimes.exactly(2))));
            client.clear(known, ClearType.EXPECTATIONS);
            same(404, call("GET", "/known", "").status());
        });
        steps.put("logs", () -> {
            has("\"path\" : \"/callback\"", client.retrieveLogMessages(request().withPath("/callback")));
            same(true, client.retrieveLogEntries(request().withPath("/callback")).length > 1);
        });
        steps.put("bind", () -> {
            int further = client.bind(0).get(0);
            same(true, new MockServerClient("127.0.0.1", further).hasStarted());
        });
        steps.put("OpenAPI", Drive::openAPISteps);
        steps.put("record and replay", () -> {
            String url = "http://127.0.0.1:" + upstream + "/recorded";
            same(new Answer(200, "/recorded null"), proxied(url));
            same(1, client.retrieveRecordedExpectations(request().withPath("/recorded")).length);
            client.setMode(MockMode.SIMULATE);
            same(MockMode.SIMULATE, client.retrieveMode());
            same(new Answer(200, "/recorded null"), proxied(url));
            same(404, proxied("http://127.0.0.1:" + upstream + "/never").status());
            client.setMode(MockMode.SPY);
        });
        steps.put("HAR", () -> {
            String har = client.retrieveRecordedExpectations(null, Format.HAR);
            has("/recorded", har);
            same(true, client.importHar(har).length > 0);
        });
        steps.put("Pact", () -> {
            client.reset();
            client.when(request().withMethod("GET").withPath("/pact")).respond(response("yes"));
            Answer pact = call("PUT", "/mockserver/pact?consumer=web&provider=api", "");
            same(200, pact.status());
            has("\"path\": \"/pact\"", pact.body());
            same(202, call("PUT", "/mockserver/pact/verify", pact.body()).status());
            same(406, call("PUT", "/mockserver/pact/verify", pact.body().replace("\"status\": 200", "\"status\": 201")).status());
            String contract = client.pactExport("web", "api");
            has("\"consumer\"", contract);
            client.pactVerify(contract);
            client.reset();
            has("/pact", client.pactImport(contract));
            same(new Answer(200, "yes"), call("GET", "/pact", ""));
        });
        steps.put("expectations as code", Drive::code);
        steps.put("TLS", Drive::tls);
        steps.put("debugMismatch", () -> {
            client.when(request().withPath("/wanted")).respond(response());
            has("closestMatch", client.debugMismatch(request().withPath("/other")));
        });
        steps.put("configuration", () -> {
            has("\"maxExpectations\"", client.retrieveConfiguration());
            has("\"maxExpectations\" : 77", client.updateConfiguration("{\"maxExpectations\": 77}"));
        });
        steps.put("reset", () -> {
            client.reset();
            client.verifyZeroInteractions();
            same(0, client.retrieveActiveExpectations(null).length);
        });
        steps.put("stop", () -> {
            client.stop();
            while (true) {
                try {
                    call("GET", "/gone", "");
                } catch (ConnectException e) {
                    return;
                } catch (IOException e) {
                    continue; // it is still stopping
                }
            }
        });
        return steps;
    }

    static void scenario() throws Exception {
        for (var step : List.of(List.of("Started", "Paid", "unpaid"), List.of("Paid", "Done", "paid"))) {
            client.when(request().withPath("/bill")).withScenarioName("bill").withScenarioState(step.get(0)).withNewScenarioState(step.get(1))
                .respond(response(step.get(2)));
        }
        same("unpaid", call("GET", "/bill", "").body());
        same("paid", call("GET", "/bill", "").body());
        same("Done", client.scenario("bill").state());
        client.scenario("bill").set("Paid");
        same("paid", call("GET", "/bill", "").body());
        client.scenario("bill").trigger("Started");
        same("unpaid", call("GET", "/bill", "").body());
    }

    static void openAPISteps() throws Exception {
        String spec = """
            {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {"/pets/{id}": {"get": {"operationId": "showPet",
             "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
             "responses": {"200": {"description": "ok", "content": {"text/plain": {"example": "Rex"}}}}}}}}""";
        Expectation[] made = client.upsert(new OpenAPIExpectation().withSpecUrlOrPayload(spec));
        same(1, made.length);
        same(new Answer(200, "Rex"), call("GET", "/pets/7", ""));
        same(404, call("GET", "/pets/x", "").status());
        client.when(openAPI(spec, "showPet"), Times.unlimited(), org.mockserver.matchers.TimeToLive.unlimited(), 10).respond(response("by hand"));
        same(new Answer(200, "by hand"), call("GET", "/pets/7", ""));
        client.verify(openAPI(spec, "showPet"), VerificationTimes.exactly(2));
        client.verify(openAPI(spec), VerificationTimes.atLeast(1));
        client.verify(openAPI(spec, "showPet"), openAPI(spec));
        has("Request not found at most once", refused(() -> client.verify(openAPI(spec, "showPet"), VerificationTimes.atMost(1))));
        same(2, client.retrieveRecordedRequests(openAPI(spec, "showPet")).length);
        Expectation[] active = client.retrieveActiveExpectations(openAPI(spec, "showPet"));
        same(true, Arrays.stream(active).anyMatch(e -> e.getHttpRequest() instanceof OpenAPIDefinition d && d.getOperationId().equals("showPet")));
        client.clear(openAPI(spec, "showPet"), ClearType.LOG);
        client.verify(openAPI(spec), VerificationTimes.exactly(0));
        client.clear(openAPI(spec, "showPet"), ClearType.EXPECTATIONS);
        same(404, call("GET", "/pets/7", "").status());
        has("there is no operation", refused(() -> client.clear(openAPI(spec, "hidePet"))));
        has("Unable to load API spec", refused(() -> client.upsert(new OpenAPIExpectation().withSpecUrlOrPayload("{\"swagger\": \"2.0\"}"))));
    }

    /** What is printed as Java makes the same expectations again, once it is compiled. */
    static void code() throws Exception {
        client.reset();
        client.when(request().withMethod("POST").withPath("/code/\"é").withHeader("X-A", "1", "2").withQueryStringParameter("q", "[0-9]+").withCookie("c", "d")
                .withBody(regex("a.*\\d")), Times.exactly(3), TimeToLive.exactly(TimeUnit.HOURS, 2L), 7)
            .respond(response("text\n").withStatusCode(201).withHeader("X-B", "3").withDelay(TimeUnit.MILLISECONDS, 1));
        client.when(request().withMethod("!GET").withPath("/code")).withScenarioName("s").withScenarioState("Started").withPercentage(50)
            .forward(forward().withHost("127.0.0.1").withPort(upstream));
        String before = withoutIDs(client.retrieveActiveExpectations(null, Format.JSON));
        String code = client.retrieveActiveExpectations(null, Format.JAVA).replace("\"localhost\", 1080", "\"127.0.0.1\", " + port);
        Path dir = Files.createTempDirectory("code");
        Path source = dir.resolve("Made.java");
        Files.writeString(source, String.join("\n",
            "import static org.mockserver.model.HttpForward.forward;", "import static org.mockserver.model.HttpRequest.request;",
            "import static org.mockserver.model.HttpResponse.response;", "import static org.mockserver.model.NottableString.not;",
            "import java.util.concurrent.TimeUnit;", "import org.mockserver.client.MockServerClient;", "import org.mockserver.matchers.*;",
            "import org.mockserver.model.*;", "public class Made { public static void make() {", code, "} }"));
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-cp", System.getProperty("java.class.path"), "-d", dir.toString(), source.toString());
        same(0, failed);
        client.reset();
        try (URLClassLoader loader = new URLClassLoader(new java.net.URL[] {dir.toUri().toURL()}, Drive.class.getClassLoader())) {
            loader.loadClass("Made").getMethod("make").invoke(null);
        }
        same(before, withoutIDs(client.retrieveActiveExpectations(null, Format.JSON)));
        client.reset();
    }

    static String withoutIDs(String json) {
        return json.replaceAll("\"id\" : \"[^\"]*\"", "");
    }

    static void tls() throws Exception {
        Path ca = Files.createTempFile("ca", ".pem");
        try {
            Files.writeString(ca, call("GET", "/mockserver/ca.pem", "").body());
            Configuration trust = Configuration.configuration().tlsMutualAuthenticationCertificateChain(ca.toString());
            MockServerClient secure = new MockServerClient(trust, "localhost", port).withSecure(true);
            secure.when(request().withPath("/secure").withSecure(true)).respond(response("safe"));
            same(404, call("GET", "/secure", "").status());
            secure.verify(request().withPath("/secure").withSecure(false), VerificationTimes.exactly(1));
        } finally {
            Files.delete(ca);
        }
    }

    public static void main(String[] args) throws Exception {
        port = Integer.parseInt(args[0]);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = (exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("X-Added")).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        upstream = server.getAddress().getPort();
        client = new MockServerClient("127.0.0.1", port);
        for (var step : steps().entrySet()) {
            try {
                step.getValue().run();
            } catch (Throwable e) {
                e.printStackTrace();
                System.out.println("failed: " + step.getKey());
                System.exit(1);
            }
            System.out.println("ok " + step.getKey());
        }
        System.exit(0); // the client's threads do not end
    }
}
