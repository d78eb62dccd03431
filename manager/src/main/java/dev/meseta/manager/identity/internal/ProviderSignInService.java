package dev.meseta.manager.identity.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.ProviderSignIns;
import dev.meseta.manager.identity.SignIns.Done;
import dev.meseta.manager.identity.SignIns.Origin;
import dev.meseta.manager.identity.internal.ProviderIdentities.Identity;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Lets in whom the identity provider vouches for and whose groups are known here. */
@Service
class ProviderSignInService implements ProviderSignIns {

    /** An identity that says the same as before is written down no more often. */
    private static final Duration COARSE = Duration.ofMinutes(1);

    private final SentToProvider sent;
    private final ProviderIdentities identities;
    private final StoredSessions sessions;
    private final KnownGrants grants;
    private final AccessChanges changes;
    private final MfaPolicy policy;
    private final Audit audit;
    private final TransactionOperations transactions;
    private final InstantSource clock;
    private final String providerName;
    private final Duration skew;

    ProviderSignInService(
            SentToProvider sent,
            ProviderIdentities identities,
            StoredSessions sessions,
            KnownGrants grants,
            AccessChanges changes,
            MfaPolicy policy,
            Audit audit,
            TransactionOperations transactions,
            InstantSource clock,
            @Value("${meseta.identity.oidc.name:Keycloak}") String providerName,
            @Value("${meseta.identity.oidc.clock-skew:60s}") Duration skew) {
        this.sent = sent;
        this.identities = identities;
        this.sessions = sessions;
        this.grants = grants;
        this.changes = changes;
        this.policy = policy;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
        this.providerName = providerName;
        this.skew = skew;
    }

    @Override
    public boolean isSecondFactorDemanded() {
        return policy.demandsOfEverybody();
    }

    @Override
    public void sent(Sent somebody) {
        sent.add(somebody);
    }

    @Override
    public Optional<Sent> back(String state, String browser) {
        return sent.take(state, browser);
    }

    @Override
    public Done signIn(Statement statement, Origin origin) {
        boolean second = statement.factors().contains(Factor.PROVIDER_SECOND);
        if (!second && policy.demandsOfEverybody()) {
            throw secondIsNeeded();
        }
        Identity identity = admitted(statement);
        if (!second && policy.demands(identity.userId())) {
            throw secondIsNeeded();
        }
        Instant at = provedAt(statement);
        Done done = sessions.begin(
                identity.userId(),
                statement.factors(),
                origin,
                at,
                second ? at : null,
                new StoredSessions.AtProvider(statement.issuer(), statement.providerSession()));
        // Only now: whoever ends it at this moment either finds the session or is found here.
        if (identities.hasEnded(statement)) {
            sessions.end(done.secret());
            throw ended();
        }
        return done;
    }

    @Override
    public AuthenticatedUser provedAgain(Sent somebody, Statement statement) {
        UUID sessionId = somebody.sessionId();
        Instant at = provedAt(statement);
        if (sessionId == null
                || at == null
                || !statement.factors().contains(Factor.PROVIDER_SECOND)
                || at.isBefore(somebody.begunAt().minus(skew))) {
            throw new MesetaException(
                    ErrorCode.FACTOR_WRONG,
                    "The identity provider does not say that you have shown a second factor just now. Try again; if it asks for none, its levels are not set up.");
        }
        Identity identity = admitted(statement);
        if (!identities.provedAgain(sessionId, identity.userId(), statement, at)) {
            throw new MesetaException(
                    ErrorCode.FACTOR_WRONG,
                    "Somebody else has shown who they are at the identity provider, or your session has ended. Sign in again.");
        }
        if (identities.hasEnded(statement)) {
            identities.endSessions(statement.issuer(), identity.userId());
            throw ended();
        }
        return grants.user(identity.userId(), identity.name(), identity.epoch());
    }

    @Override
    public AuthenticatedUser byToken(Statement statement) {
        Identity identity = admitted(statement);
        if (identities.hasEnded(statement)) {
            throw ended();
        }
        return grants.user(identity.userId(), identity.name(), identity.epoch());
    }

    @Override
    public int ended(Ended ended) {
        // The row first and by itself: what begins meanwhile looks for it.
        if (!identities.add(ended)) {
            throw new MesetaException(ErrorCode.VALIDATION_FAILED, "This logout token was shown before.");
        }
        return identities.endSessions(ended);
    }

    /** When it was proved, as far as our own clock can tell: a moment to come is now. */
    private @Nullable Instant provedAt(Statement statement) {
        Instant at = statement.authenticatedAt();
        Instant now = clock.instant();
        return at != null && at.isAfter(now) && !at.isAfter(now.plus(skew)) ? now : at;
    }

    private Identity admitted(Statement statement) {
        Set<UUID> wanted = identities.groups(statement.issuer(), statement.groups());
        Optional<Identity> found = identities.find(statement.issuer(), statement.subject());
        if (found.isEmpty() && wanted.isEmpty()) {
            throw inNoGroup(statement);
        }
        if (found.isPresent() && found.get().disabled()) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN,
                    "%s knows you as %s, but this account is disabled in Meseta. Ask your administrator to enable it."
                            .formatted(providerName, statement.username()));
        }
        Identity identity = found.filter(known -> isCurrent(known, statement, wanted))
                .orElseGet(() -> transactions.execute(status -> updated(statement)));
        if (identity.groups().isEmpty()) {
            identities.endSessions(statement.issuer(), identity.userId());
            throw inNoGroup(statement);
        }
        return identity;
    }

    private boolean isCurrent(Identity known, Statement statement, Set<UUID> wanted) {
        if (statement.statedAt().isBefore(known.statedAt())) {
            return true;
        }
        return known.groups().equals(wanted)
                && known.username().equals(statement.username())
                && known.displayName().equals(statement.displayName())
                && known.heardAt().isAfter(clock.instant().minus(COARSE));
    }

    /** One after another with all other changes of who may do what. */
    private Identity updated(Statement statement) {
        changes.begin();
        Set<UUID> wanted = identities.groups(statement.issuer(), statement.groups());
        Optional<Identity> found = identities.find(statement.issuer(), statement.subject());
        if (found.isEmpty()) {
            if (wanted.isEmpty()) {
                throw inNoGroup(statement);
            }
            identities.create(statement, providerName);
        }
        Identity before = found.orElseGet(() -> required(statement));
        if (statement.statedAt().isBefore(before.statedAt())) {
            return before;
        }
        identities.heard(before.userId(), statement);
        if (!before.groups().equals(wanted)) {
            identities.setGroups(before.userId(), before.groups(), wanted);
            changes.afterCommit(() -> record(before, wanted, statement));
        }
        return required(statement);
    }

    private Identity required(Statement statement) {
        return identities
                .find(statement.issuer(), statement.subject())
                .orElseThrow(() -> new IllegalStateException("an identity is gone as it was made"));
    }

    private void record(Identity before, Set<UUID> after, Statement statement) {
        RequestContext by = RequestContext.current().orElseGet(() -> RequestContext.system(""));
        audit.record(new Audit.Entry(
                before.name(),
                "",
                "user.groups",
                "user",
                before.userId().toString(),
                before.name(),
                Outcome.SUCCESS,
                "",
                by.correlationId(),
                Map.of(
                        "issuer",
                        statement.issuer(),
                        "subject",
                        statement.subject(),
                        "before",
                        before.groups().toString(),
                        "after",
                        after.toString())));
    }

    private MesetaException inNoGroup(Statement statement) {
        return new MesetaException(
                ErrorCode.NO_GROUP,
                "%s knows you as %s, but you are in no group that may use Meseta. Ask your administrator to put you in one."
                        .formatted(providerName, statement.username()));
    }

    private static MesetaException secondIsNeeded() {
        return new MesetaException(
                ErrorCode.FACTOR_REQUIRED,
                "A second factor is needed, and the identity provider says that none was shown. Its settings must offer a level with one.");
    }

    private static MesetaException ended() {
        return new MesetaException(
                ErrorCode.UNAUTHENTICATED, "You have signed out at the identity provider. Sign in again.");
    }
}
