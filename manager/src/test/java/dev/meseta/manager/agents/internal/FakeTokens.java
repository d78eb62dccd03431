package dev.meseta.manager.agents.internal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tokens in memory; like a transaction's, a use can be taken back. */
final class FakeTokens implements EnrolmentTokens {

    final List<NewToken> tokens = new CopyOnWriteArrayList<>();
    final List<NewToken> used = new CopyOnWriteArrayList<>();

    @Override
    public void add(NewToken token) {
        tokens.add(token);
    }

    @Override
    public synchronized Optional<Entitlement> use(String hash, Instant now) {
        Optional<NewToken> found = tokens.stream()
                .filter(token -> token.hash().equals(hash) && !used.contains(token))
                .filter(token -> token.expiresAt().isAfter(now))
                .findFirst();
        found.ifPresent(used::add);
        return found.map(token -> new Entitlement(token.id(), token.hostName(), token.clusterId(), token.createdBy()));
    }
}
