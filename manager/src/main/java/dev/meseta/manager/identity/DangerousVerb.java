package dev.meseta.manager.identity;

/** What needs a factor shown lately, or a token made for it. */
public enum DangerousVerb {
    VM_DELETE,
    /** Takes the power of a running VM away. */
    VM_FORCE_STOP,
    /** Takes the protection from being deleted away. */
    VM_UNPROTECT,
    /** Opens the console of a VM that is protected from being deleted. */
    PROTECTED_VM_CONSOLE,
    IMAGE_DELETE,
    /** Enrols or removes what one signs in with. */
    FACTOR_CHANGE,
    /** Makes, changes, disables or deletes somebody, or resets what they sign in with. */
    USER_CHANGE,
    GROUP_CHANGE,
    ROLE_CHANGE,
    /** Gives or takes a grant. */
    GRANT_CHANGE,
    /** Makes an API token that does other dangerous verbs by itself. */
    TOKEN_PRE_AUTHORISE;

    /** Whether a token can be made that does it without anybody showing a factor. */
    public boolean isForTokens() {
        return this != FACTOR_CHANGE && this != TOKEN_PRE_AUTHORISE;
    }
}
