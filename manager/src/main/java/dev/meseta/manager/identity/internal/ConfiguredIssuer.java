package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Whose ids of groups are meant. */
@Component
class ConfiguredIssuer {

    private final String issuer;

    ConfiguredIssuer(@Value("${meseta.identity.oidc.issuer:}") String issuer) {
        this.issuer = issuer;
    }

    /** @throws MesetaException VALIDATION_FAILED when no identity provider is set up */
    String required() {
        if (issuer.isEmpty()) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "No identity provider is set up, so that externalId would be nobody's. Set meseta.identity.oidc.issuer first.");
        }
        return issuer;
    }
}
