package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Proof;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.StepUp;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.shared.MesetaException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** Compares when a factor was shown with when it must have been. */
@Service
class StepUpService implements StepUp {

    static final String ALL = "ALL";

    private final Accounts accounts;
    private final SecondFactors factors;
    private final PasswordEncoder passwords;
    private final SignInThrottle throttle;
    private final StoredSessions sessions;
    private final InstantSource clock;
    private final Duration window;

    StepUpService(
            Accounts accounts,
            SecondFactors factors,
            PasswordEncoder passwords,
            SignInThrottle throttle,
            StoredSessions sessions,
            InstantSource clock,
            @Value("${meseta.identity.step-up-window:10m}") Duration window) {
        this.accounts = accounts;
        this.factors = factors;
        this.passwords = passwords;
        this.throttle = throttle;
        this.sessions = sessions;
        this.clock = clock;
        this.window = window;
    }

    @Override
    public void require(SignIn signIn, DangerousVerb verb) {
        boolean proved =
                isRecent(signIn.secondProvedAt()) || (!signIn.hasSecondFactor() && isRecent(signIn.passwordProvedAt()));
        if (!proved) {
            throw MesetaException.stepUpRequired(
                    "%s needs you to show again who you are: you have not in the last %d minutes."
                            .formatted(verb, window.toMinutes()),
                    factors(signIn).stream().map(Factor::name).toList());
        }
    }

    private boolean isRecent(@Nullable Instant at) {
        Instant now = clock.instant();
        // After a clock went back, it is asked for again.
        return at != null && !at.isAfter(now) && at.isAfter(now.minus(window));
    }

    @Override
    public void requireOfToken(String token, DangerousVerb verb) {
        List<String> verbs = Arrays.asList(accounts.preAuthorised(token).split(",", -1));
        if (!verbs.contains(ALL) && !verbs.contains(verb.name())) {
            throw MesetaException.stepUpRequired(
                    "This API token was not made for %s, and a token cannot show who it is again. Sign in, or use a token that was."
                            .formatted(verb),
                    List.of());
        }
    }

    @Override
    public void requireOfProviderToken(@Nullable Instant secondProvedAt, DangerousVerb verb) {
        if (!isRecent(secondProvedAt)) {
            throw MesetaException.stepUpRequired(
                    "%s needs a token that says that a second factor was shown in the last %d minutes. Get a new one, and ask the identity provider for its level of two factors."
                            .formatted(verb, window.toMinutes()),
                    List.of(Factor.PROVIDER_SECOND.name()));
        }
    }

    @Override
    public Set<Factor> factors(SignIn signIn) {
        if (signIn.isAtProvider()) {
            return EnumSet.of(Factor.PROVIDER_SECOND);
        }
        Set<Factor> second = factors.of(signIn.user().id());
        return second.isEmpty() ? EnumSet.of(Factor.PASSWORD) : second;
    }

    @Override
    public void prove(SignIn signIn, Proof proof, String address) {
        Account account = accounts.byId(signIn.user().id()).orElseThrow(SignInService::wrong);
        boolean known = accounts.knows(account.id(), SignInThrottle.network(address));
        boolean second = proof.factor().isSecond();
        SignInThrottle.Attempt attempt =
                throttle.begin(second ? SignInService.secondOf(account) : account.name(), address, known, second);
        boolean right = proof instanceof Proof.Password password
                ? isRight(account, password.password())
                : factors.accepts(account.id(), proof);
        if (!right) {
            throw SignInService.wrong();
        }
        attempt.succeeded();
        sessions.proved(signIn.sessionId(), proof.factor());
    }

    private boolean isRight(Account account, String password) {
        return PasswordRules.isBearable(password) && passwords.matches(password, account.passwordHash());
    }
}
