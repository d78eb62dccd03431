package dev.meseta.manager.membership;

/** Application event: {@link Membership#living()}, {@link Membership#fenced()} or {@link Membership#buried()} has changed. */
public record MembersChanged() {}
