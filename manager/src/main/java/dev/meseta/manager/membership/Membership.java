package dev.meseta.manager.membership;

import java.util.List;
import java.util.Set;

/**
 * Who is alive, as of about a second ago. A member holds a lease that it keeps renewing. When one fails to, another member
 * fences it: the term counts up, and every living member takes notice of that before what the dead one had in hand is
 * given to others ({@link #buried()}). Hosts are commanded with the term, so that nothing a dead manager left under way
 * can take effect afterwards.
 */
public interface Membership {

    /** @throws IllegalStateException before this manager has joined */
    Life self();

    /** Whether this manager's lease is good at this moment, by its own clock. */
    boolean isMember();

    /** @throws dev.meseta.manager.shared.MesetaException FENCED when this manager's lease has run out */
    void requireMember();

    /** What this manager commands hosts with. */
    long term();

    /** Asks the database at once, for somebody who was refused for a higher term. */
    void refresh();

    /** This one among them, in the order they joined. */
    List<Member> living();

    /** Lives that are over. */
    Set<Life> fenced();

    /** Fenced lives that every living manager knows of: what they had in hand is free. */
    Set<Life> buried();

    /** Whether this is the member that has been one for longest; at a change there may be none or two for a moment. */
    default boolean isEldest() {
        List<Member> members = living();
        return isMember() && !members.isEmpty() && members.getFirst().life().equals(self());
    }
}
