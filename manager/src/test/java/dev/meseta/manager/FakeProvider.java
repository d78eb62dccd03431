package dev.meseta.manager;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** An identity provider that says whatever a test wants, true or not. */
final class FakeProvider implements AutoCloseable {

    private final HttpServer server;
    private final RSAKey key = newKey("first");
    private final Map<String, String> idTokens = new ConcurrentHashMap<>();
    private volatile Map<String, String> lastForm = Map.of();
    private volatile boolean isDown;
    private final AtomicInteger keyFetches = new AtomicInteger();

    FakeProvider() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/realms/test/.well-known/openid-configuration", exchange -> answer(exchange, 200, document()));
        server.createContext("/realms/test/keys", exchange -> {
            keyFetches.incrementAndGet();
            answer(exchange, 200, new JWKSet(key.toPublicJWK()).toString());
        });
        server.createContext("/realms/test/token", this::token);
        server.start();
    }

    String issuer() {
        return "http://localhost:%d/realms/test".formatted(server.getAddress().getPort());
    }

    void down(boolean down) {
        isDown = down;
    }

    int keyFetches() {
        return keyFetches.get();
    }

    /** What the manager sent last to have a code exchanged. */
    Map<String, String> lastForm() {
        return lastForm;
    }

    /** A code that is good once. */
    String code(String idToken) {
        String code = "code-" + UUID.randomUUID();
        idTokens.put(code, idToken);
        return code;
    }

    static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    String signed(Map<String, Object> claims) {
        return signed(claims, "JWT");
    }

    String signed(Map<String, Object> claims, String type) {
        return sign(
                claims,
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID("first")
                        .type(new JOSEObjectType(type))
                        .build(),
                signer(key));
    }

    /** With a key that is not the provider's, under the name of its own. */
    String signedByAnother(Map<String, Object> claims) {
        return sign(
                claims, new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(), signer(newKey("first")));
    }

    String signedWithUnknownKey(Map<String, Object> claims) {
        return sign(
                claims,
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("second").build(),
                signer(newKey("second")));
    }

    /** As if the public key, which everybody may read, were a secret. */
    String signedWithThePublicKey(Map<String, Object> claims) {
        try {
            return sign(
                    claims,
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
                    new MACSigner(key.toRSAPublicKey().getEncoded()));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static String unsigned(Map<String, Object> claims) {
        return new PlainJWT(claimsSet(claims)).serialize();
    }

    private static JWSSigner signer(RSAKey key) {
        try {
            return new RSASSASigner(key);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String sign(Map<String, Object> claims, JWSHeader header, JWSSigner signer) {
        try {
            var jwt = new SignedJWT(header, claimsSet(claims));
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWTClaimsSet claimsSet(Map<String, Object> claims) {
        var builder = new JWTClaimsSet.Builder();
        claims.forEach(builder::claim);
        return builder.build();
    }

    private String document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", issuer());
        document.put("authorization_endpoint", issuer() + "/auth");
        document.put("token_endpoint", issuer() + "/token");
        document.put("jwks_uri", issuer() + "/keys");
        document.put("response_types_supported", List.of("code"));
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("RS256"));
        document.put("authorization_response_iss_parameter_supported", true);
        return JsonMapper.shared().writeValueAsString(document);
    }

    private void token(HttpExchange exchange) throws IOException {
        Map<String, String> form = form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        lastForm = form;
        String idToken = idTokens.remove(form.getOrDefault("code", ""));
        if (idToken == null) {
            answer(exchange, 400, "{\"error\":\"invalid_grant\"}");
            return;
        }
        answer(
                exchange,
                200,
                "{\"access_token\":\"x\",\"token_type\":\"Bearer\",\"expires_in\":300,\"id_token\":\"%s\"}"
                        .formatted(idToken));
    }

    static Map<String, String> form(@Nullable String text) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String pair : (text == null ? "" : text).split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                form.put(
                        pair.substring(0, equals),
                        URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return form;
    }

    private void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(isDown ? 503 : status, isDown ? -1 : bytes.length);
        if (!isDown) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
