package dev.meseta.manager.network.internal;

import java.security.SecureRandom;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * The pool of MAC addresses. They are drawn at random, because two installations on one wire must not give out the same;
 * 52:54:00 is the locally administered prefix that QEMU's guests have by custom.
 */
@Component
class MacAddresses {

    private static final int SUFFIXES = 1 << 24;
    private static final int ATTEMPTS = 1000;

    private final RandomGenerator random;

    @Autowired
    MacAddresses() {
        this(new SecureRandom());
    }

    MacAddresses(RandomGenerator random) {
        this.random = random;
    }

    /**
     * @param take takes an address; false: somebody has it
     * @throws IllegalStateException when a thousand draws hit none that is free
     */
    String next(Predicate<String> take) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int suffix = random.nextInt(SUFFIXES);
            String address = "52:54:00:%02x:%02x:%02x".formatted(suffix >> 16, (suffix >> 8) & 0xFF, suffix & 0xFF);
            if (take.test(address)) {
                return address;
            }
        }
        throw new IllegalStateException("the pool of MAC addresses is as good as empty");
    }
}
