package dev.meseta.manager.web.oidc;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What the provider said of itself last: asked for when somebody first needs it, and again every hour. */
final class KnownMetadata {

    private static final Logger LOG = LoggerFactory.getLogger(KnownMetadata.class);
    private static final Duration FRESH = Duration.ofHours(1);
    /** After a failure nobody waits for it again so soon. */
    private static final Duration PAUSE = Duration.ofSeconds(3);

    private static final String PATH = "/.well-known/openid-configuration";

    private final OidcProperties properties;
    private final ProviderHttp http;
    private final JsonMapper json;
    private final InstantSource clock;
    private final ReentrantLock asking = new ReentrantLock();
    private volatile @Nullable Known known;
    private volatile Instant notBefore = Instant.MIN;

    private record Known(ProviderMetadata metadata, Instant since) {}

    KnownMetadata(OidcProperties properties, ProviderHttp http, JsonMapper json, InstantSource clock) {
        this.properties = properties;
        this.http = http;
        this.json = json;
        this.clock = clock;
    }

    /** @throws MesetaException NOT_FOUND when no provider is set up, IDENTITY_PROVIDER_UNAVAILABLE when it never answered so far */
    ProviderMetadata metadata() {
        if (!properties.isSetUp()) {
            throw new MesetaException(ErrorCode.NOT_FOUND, "No identity provider is set up.");
        }
        Known present = known;
        if (present != null && clock.instant().isBefore(present.since().plus(FRESH))) {
            return present.metadata();
        }
        asking.lock();
        try {
            present = known;
            if (present != null && clock.instant().isBefore(present.since().plus(FRESH))) {
                return present.metadata();
            }
            if (!clock.instant().isBefore(notBefore)) {
                present = asked(present);
            }
        } finally {
            asking.unlock();
        }
        if (present == null) {
            throw unavailable(properties.name());
        }
        return present.metadata();
    }

    private @Nullable Known asked(@Nullable Known before) {
        String url = properties.issuer().replaceAll("/+$", "") + PATH;
        try {
            Map<String, Object> document = json.readValue(http.document(url), new TypeReference<>() {});
            Known after = new Known(new ProviderMetadata(properties, document, http), clock.instant());
            known = after;
            return after;
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            LOG.warn("The identity provider cannot be used: {}", url, e);
            notBefore = clock.instant().plus(PAUSE);
            return before;
        }
    }

    static MesetaException unavailable(String name) {
        return new MesetaException(
                ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                "%s does not answer, or not as it should; the manager's log says more. Try again in a while, or sign in with an account of Meseta's own."
                        .formatted(name));
    }
}
