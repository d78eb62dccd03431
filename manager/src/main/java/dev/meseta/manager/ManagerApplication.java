package dev.meseta.manager;

import dev.meseta.manager.shared.UuidGenerator;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;

/** The manager. */
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
public class ManagerApplication {

    /** Threads that carry virtual ones. */
    private static final String CARRIERS = "jdk.virtualThreadScheduler.parallelism";

    private static final int LEAST_CARRIERS = 16;

    public static void main(String[] arguments) {
        // Read when the first virtual thread begins. One that waits while a class is loaded keeps its carrier (JEP 491,
        // "Future work"); when all carriers do, and whoever they wait for needs one, everything stands still for good.
        // With as many carriers as a small machine has processors that happens.
        if (System.getProperty(CARRIERS) == null) {
            System.setProperty(
                    CARRIERS,
                    Integer.toString(
                            Math.max(LEAST_CARRIERS, Runtime.getRuntime().availableProcessors())));
        }
        SpringApplication.run(ManagerApplication.class, arguments);
    }

    @Bean
    InstantSource clock() {
        return InstantSource.system();
    }

    @Bean
    UuidGenerator uuidGenerator(InstantSource clock) {
        return new UuidGenerator(clock, new SecureRandom());
    }
}
