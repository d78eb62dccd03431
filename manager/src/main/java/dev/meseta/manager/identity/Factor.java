package dev.meseta.manager.identity;

/** What somebody can prove who they are with. */
public enum Factor {
    PASSWORD(false),
    TOTP(true),
    RECOVERY_CODE(true),
    /** With the authenticator's own check of the person, so that it is two factors in one. */
    PASSKEY(true),
    /** Whatever the identity provider was content with. */
    PROVIDER(false),
    /** The identity provider says that there was a second one. */
    PROVIDER_SECOND(true);

    private final boolean isSecond;

    Factor(boolean isSecond) {
        this.isSecond = isSecond;
    }

    /** Whether it is enough beside the password. */
    public boolean isSecond() {
        return isSecond;
    }
}
