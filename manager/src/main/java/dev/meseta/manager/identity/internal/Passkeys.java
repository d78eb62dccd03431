package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Site;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.dao.DataAccessException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.web.webauthn.api.AuthenticatorAssertionResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorAttestationResponse;
import org.springframework.security.web.webauthn.api.AuthenticatorSelectionCriteria;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredential;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialCreationOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialParameters;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRequestOptions;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialRpEntity;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialUserEntity;
import org.springframework.security.web.webauthn.api.ResidentKeyRequirement;
import org.springframework.security.web.webauthn.api.UserVerificationRequirement;
import org.springframework.security.web.webauthn.jackson.WebauthnJacksonModule;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialCreationOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutablePublicKeyCredentialRequestOptionsRequest;
import org.springframework.security.web.webauthn.management.ImmutableRelyingPartyRegistrationRequest;
import org.springframework.security.web.webauthn.management.PublicKeyCredentialUserEntityRepository;
import org.springframework.security.web.webauthn.management.RelyingPartyAuthenticationRequest;
import org.springframework.security.web.webauthn.management.RelyingPartyPublicKey;
import org.springframework.security.web.webauthn.management.UserCredentialRepository;
import org.springframework.security.web.webauthn.management.Webauthn4JRelyingPartyOperations;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** WebAuthn by Spring Security's own support, with questions and keys in the database instead of an HTTP session. */
@Component
class Passkeys {

    private static final Logger LOG = LoggerFactory.getLogger(Passkeys.class);
    private static final String PRODUCT = "Meseta";

    /** The question and the check of its answer name the same: an authenticator takes the first that it has. */
    private static final PublicKeyCredentialParameters[] ALGORITHMS = {
        PublicKeyCredentialParameters.EdDSA, PublicKeyCredentialParameters.ES256, PublicKeyCredentialParameters.RS256
    };

    private final PasskeyRows rows;
    private final Accounts accounts;
    private final Set<String> names;
    private final JsonMapper json =
            JsonMapper.builder().addModule(new WebauthnJacksonModule()).build();

    /** @param names under which people reach managers, besides the public address */
    Passkeys(
            PasskeyRows rows,
            Accounts accounts,
            @Value("${meseta.identity.passkey-names:${meseta.public-address}}") List<String> names) {
        this.rows = rows;
        this.accounts = accounts;
        this.names = names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    }

    /** For whoever has a passkey. */
    Map<String, Object> question(Site site) {
        PublicKeyCredentialRequestOptions options = operations(site, false)
                .createCredentialRequestOptions(
                        new ImmutablePublicKeyCredentialRequestOptionsRequest(new AnonymousAuthenticationToken(
                                "anonymous", "anonymous", AuthorityUtils.createAuthorityList("ANONYMOUS"))));
        rows.asked(options.getChallenge(), null);
        return asMap(options);
    }

    /** For a new authenticator of somebody. */
    Map<String, Object> question(Site site, UUID userId, String username) {
        PublicKeyCredentialCreationOptions options = operations(site, true)
                .createPublicKeyCredentialCreationOptions(new ImmutablePublicKeyCredentialCreationOptionsRequest(
                        UsernamePasswordAuthenticationToken.authenticated(username, null, List.of())));
        rows.asked(options.getChallenge(), userId);
        return asMap(options);
    }

    /** Whose passkey answered; empty: the answer is wrong, too late or was given before. */
    Optional<UUID> answeredBy(Site site, Map<String, Object> answer) {
        try {
            PublicKeyCredential<AuthenticatorAssertionResponse> credential = json.convertValue(
                    answer, new TypeReference<PublicKeyCredential<AuthenticatorAssertionResponse>>() {});
            Bytes challenge = challenge(credential.getResponse().getClientDataJSON());
            if (!rows.answered(challenge, null)) {
                return Optional.empty();
            }
            PublicKeyCredentialUserEntity user = operations(site, false)
                    .authenticate(new RelyingPartyAuthenticationRequest(
                            PublicKeyCredentialRequestOptions.builder()
                                    .challenge(challenge)
                                    .rpId(site.name())
                                    .allowCredentials(List.of())
                                    .userVerification(UserVerificationRequirement.REQUIRED)
                                    .build(),
                            credential));
            return Optional.of(PasskeyRows.userId(user.getId()));
        } catch (DataAccessException | MesetaException e) {
            throw e;
        } catch (RuntimeException e) {
            // Whatever was sent: the library has an exception of its own for each way of being wrong.
            LOG.debug("A passkey's answer is refused", e);
            return Optional.empty();
        }
    }

    /** False: the answer is wrong, too late or was given before. */
    boolean register(Site site, UUID userId, String username, String label, Map<String, Object> answer) {
        try {
            PublicKeyCredential<AuthenticatorAttestationResponse> credential = json.convertValue(
                    answer, new TypeReference<PublicKeyCredential<AuthenticatorAttestationResponse>>() {});
            Bytes challenge = challenge(credential.getResponse().getClientDataJSON());
            if (!rows.answered(challenge, userId)) {
                return false;
            }
            PublicKeyCredentialCreationOptions asked = PublicKeyCredentialCreationOptions.builder()
                    .rp(relyingParty(site))
                    .user(user(userId, username))
                    .challenge(challenge)
                    .pubKeyCredParams(ALGORITHMS)
                    .authenticatorSelection(selection())
                    .build();
            CredentialRecord unused = operations(site, true)
                    .registerCredential(new ImmutableRelyingPartyRegistrationRequest(
                            asked, new RelyingPartyPublicKey(credential, label)));
            return true;
        } catch (DataAccessException | MesetaException e) {
            throw e;
        } catch (RuntimeException e) {
            LOG.debug("A new passkey is refused", e);
            return false;
        }
    }

    private Webauthn4JRelyingPartyOperations operations(Site site, boolean registering) {
        if (!names.contains(site.name().toLowerCase(Locale.ROOT))) {
            throw new MesetaException(
                    ErrorCode.NOT_SUPPORTED,
                    "Passkeys work at %s only, and this page was loaded from %s. See meseta.identity.passkey-names."
                            .formatted(String.join(", ", names), site.name()));
        }
        var operations = new Webauthn4JRelyingPartyOperations(
                new Users(), new Credentials(registering), relyingParty(site), Set.of(site.origin()));
        operations.setCustomizeCreationOptions(
                options -> options.pubKeyCredParams(ALGORITHMS).authenticatorSelection(selection()));
        operations.setCustomizeRequestOptions(
                options -> options.userVerification(UserVerificationRequirement.REQUIRED));
        return operations;
    }

    /** Discoverable, and it checks the person: so it needs neither a name nor a password beside it. */
    private static AuthenticatorSelectionCriteria selection() {
        return AuthenticatorSelectionCriteria.builder()
                .residentKey(ResidentKeyRequirement.REQUIRED)
                .userVerification(UserVerificationRequirement.REQUIRED)
                .build();
    }

    private static PublicKeyCredentialRpEntity relyingParty(Site site) {
        return PublicKeyCredentialRpEntity.builder()
                .id(site.name())
                .name(PRODUCT)
                .build();
    }

    private static PublicKeyCredentialUserEntity user(UUID id, String name) {
        return ImmutablePublicKeyCredentialUserEntity.builder()
                .id(PasskeyRows.handle(id))
                .name(name)
                .displayName(name)
                .build();
    }

    private Bytes challenge(Bytes clientData) {
        return Bytes.fromBase64(
                json.readTree(clientData.getBytes()).required("challenge").stringValue());
    }

    private Map<String, Object> asMap(Object options) {
        return json.readValue(json.writeValueAsString(options), new TypeReference<Map<String, Object>>() {});
    }

    /** Accounts, as the library wants them. */
    private final class Users implements PublicKeyCredentialUserEntityRepository {

        @Override
        public @Nullable PublicKeyCredentialUserEntity findById(Bytes id) {
            return accounts.byId(PasskeyRows.userId(id))
                    .map(account -> user(account.id(), account.name()))
                    .orElse(null);
        }

        @Override
        public @Nullable PublicKeyCredentialUserEntity findByUsername(String username) {
            return accounts.byName(username)
                    .map(account -> user(account.id(), account.name()))
                    .orElse(null);
        }

        @Override
        public void save(PublicKeyCredentialUserEntity userEntity) {
            throw new IllegalStateException("users are not made by signing in");
        }

        @Override
        public void delete(Bytes id) {
            throw new IllegalStateException("users are not removed by signing in");
        }
    }

    /** Rows of passkeys, as the library wants them. */
    private final class Credentials implements UserCredentialRepository {

        private final boolean registering;

        private Credentials(boolean registering) {
            this.registering = registering;
        }

        @Override
        public void delete(Bytes credentialId) {
            throw new IllegalStateException("passkeys are removed by their owner");
        }

        @Override
        public void save(CredentialRecord credential) {
            boolean saved = registering
                    ? rows.insert(PasskeyRows.userId(credential.getUserEntityUserId()), credential)
                    : rows.used(credential);
            if (!saved) {
                throw new IllegalStateException("the passkey was enrolled or removed meanwhile");
            }
        }

        @Override
        public @Nullable CredentialRecord findByCredentialId(Bytes credentialId) {
            return rows.byCredential(credentialId).orElse(null);
        }

        @Override
        public List<CredentialRecord> findByUserId(Bytes userId) {
            return rows.credentials(PasskeyRows.userId(userId));
        }
    }
}
