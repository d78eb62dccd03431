package dev.meseta.manager.membership;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** A member, alone unless the test says otherwise. */
public final class FakeMembership implements Membership {

    private final Life self;
    public volatile boolean member = true;
    /** A permit for each time somebody was refused. */
    public final Semaphore refusals = new Semaphore(0);

    public volatile long term = 1;
    /** What a refresh brings. */
    public volatile long termInDatabase = 1;

    public volatile List<Member> living;
    public volatile Set<Life> fenced = Set.of();

    public FakeMembership(UUID managerId) {
        self = new Life(managerId, 1);
        living = List.of(new Member(self, "127.0.0.1", Instant.EPOCH));
    }

    @Override
    public Life self() {
        return self;
    }

    @Override
    public boolean isMember() {
        return member;
    }

    @Override
    public void requireMember() {
        if (!member) {
            refusals.release();
            throw new MesetaException(ErrorCode.FENCED, "fenced");
        }
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public void refresh() {
        term = Math.max(term, termInDatabase);
    }

    @Override
    public List<Member> living() {
        return living;
    }

    @Override
    public Set<Life> fenced() {
        return fenced;
    }

    @Override
    public Set<Life> buried() {
        return fenced;
    }
}
