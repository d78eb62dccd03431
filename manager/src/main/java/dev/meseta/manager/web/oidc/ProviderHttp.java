package dev.meseta.manager.web.oidc;

import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** The way to the identity provider: bounded in time and size, follows no redirect. */
final class ProviderHttp implements ResourceRetriever {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration READ = Duration.ofSeconds(8);
    private static final int MAX_BYTES = 512 * 1024;

    private final RestClient documents;
    private final RestClient tokens;

    ProviderHttp(String caFile) {
        HttpClient.Builder builder =
                HttpClient.newBuilder().connectTimeout(CONNECT).followRedirects(HttpClient.Redirect.NEVER);
        if (!caFile.isEmpty()) {
            builder.sslContext(trusting(Path.of(caFile)));
        }
        var requests = new JdkClientHttpRequestFactory(builder.build());
        requests.setReadTimeout(READ);
        documents = RestClient.builder().requestFactory(requests).build();
        tokens = RestClient.builder()
                .requestFactory(requests)
                .configureMessageConverters(converters -> converters
                        .disableDefaults()
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new Errors())
                .build();
    }

    /** What is no answer to the question is told from a refusal. */
    private static final class Errors extends OAuth2ErrorResponseErrorHandler {
        @Override
        public void handleError(URI url, HttpMethod method, ClientHttpResponse response) throws IOException {
            if (response.getStatusCode().is5xxServerError()) {
                throw new ResourceAccessException(url + " answered " + response.getStatusCode());
            }
            super.handleError(url, method, response);
        }
    }

    RestClient tokens() {
        return tokens;
    }

    /** @throws IOException also when the answer is no success */
    String document(String url) throws IOException {
        try {
            return documents.get().uri(URI.create(url)).exchangeForRequiredValue((request, response) -> {
                if (!response.getStatusCode().is2xxSuccessful()) {
                    throw new IOException(url + " answered " + response.getStatusCode());
                }
                byte[] body = response.getBody().readNBytes(MAX_BYTES + 1);
                if (body.length > MAX_BYTES) {
                    throw new IOException(url + " answered with more than " + MAX_BYTES + " bytes");
                }
                return new String(body, StandardCharsets.UTF_8);
            });
        } catch (RestClientException e) {
            throw new IOException(url + " did not answer", e);
        }
    }

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        return new Resource(document(url.toString()), "application/json");
    }

    private static SSLContext trusting(Path caFile) {
        try (InputStream in = Files.newInputStream(caFile)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (Certificate certificate :
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in))) {
                store.setCertificateEntry("ca" + number++, certificate);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw new UncheckedIOException("meseta.identity.oidc.ca-file cannot be read", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("meseta.identity.oidc.ca-file holds no certificates", e);
        }
    }
}
