package dev.meseta.manager.certificates;

/**
 * Encrypts small secrets for keeping in the database, with a key that lies in the state folder only: who reads the
 * database alone learns nothing.
 */
public interface Sealer {

    /**
     * @param label what the secret is; opening with another label fails, so that one cannot stand in for another
     */
    byte[] seal(String label, byte[] secret);

    /** @throws IllegalStateException when it was sealed with another key or label, or was changed */
    byte[] open(String label, byte[] sealed);
}
