package dev.meseta.manager.identity;

import java.util.Map;

/** What somebody shows to prove who they are. */
public sealed interface Proof {

    Factor factor();

    record Password(String password) implements Proof {
        @Override
        public Factor factor() {
            return Factor.PASSWORD;
        }

        @Override
        public String toString() {
            return "Password";
        }
    }

    /** @param code six digits of an authenticator application */
    record Totp(String code) implements Proof {
        @Override
        public Factor factor() {
            return Factor.TOTP;
        }

        @Override
        public String toString() {
            return "Totp";
        }
    }

    record RecoveryCode(String code) implements Proof {
        @Override
        public Factor factor() {
            return Factor.RECOVERY_CODE;
        }

        @Override
        public String toString() {
            return "RecoveryCode";
        }
    }

    /** @param credential what the browser answered, as WebAuthn's JSON has it */
    record Passkey(Site site, Map<String, Object> credential) implements Proof {
        @Override
        public Factor factor() {
            return Factor.PASSKEY;
        }
    }
}
