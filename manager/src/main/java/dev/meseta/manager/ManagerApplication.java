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

    public static void main(String[] arguments) {
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
