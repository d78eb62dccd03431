package dev.meseta.manager.identity.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.stereotype.Component;

/**
 * Passwords that everybody tries first, shipped with the manager: six bytes of the SHA-256 of each, sorted. Where they come
 * from is said in docs/operations/sign-in.md.
 */
@Component
class BreachedPasswords {

    private static final int PREFIX_BYTES = 6;
    private static final String RESOURCE = "breached-passwords.bin";
    /** So few digits and signs around a listed password make no new one. */
    private static final int MOST_AROUND = 6;

    private final long[] sorted;

    BreachedPasswords() {
        byte[] all = read();
        sorted = new long[all.length / PREFIX_BYTES];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = number(all, i * PREFIX_BYTES);
        }
    }

    /** Whether it is listed, or is a listed one in other capitals, twice, or with a few digits and signs around it. */
    boolean contains(String password) {
        String lower = password.toLowerCase(Locale.ROOT);
        String half = lower.substring(0, lower.length() / 2);
        String word = lower.replaceAll("^[^\\p{L}]+|[^\\p{L}]+$", "");
        return isListed(lower)
                || (lower.equals(half + half) && isListed(half))
                || (lower.length() - word.length() <= MOST_AROUND && isListed(word));
    }

    private boolean isListed(String word) {
        return Arrays.binarySearch(sorted, number(sha256(word), 0)) >= 0;
    }

    /** Without a sign, so that the order of numbers is the order of bytes. */
    private static long number(byte[] bytes, int at) {
        long value = 0;
        for (int i = 0; i < PREFIX_BYTES; i++) {
            value = (value << Byte.SIZE) | (bytes[at + i] & 0xff);
        }
        return value;
    }

    private static byte[] sha256(String word) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(word.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }

    private static byte[] read() {
        try (InputStream in = BreachedPasswords.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is missing from the manager's jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
