package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.Topics;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.argon2.Argon2PasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;

/** Beans of this module. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {

    /** Argon2id with 16 MiB. */
    @Bean
    PasswordEncoder passwordEncoder() {
        return Argon2PasswordEncoder.defaultsForSpringSecurity_v5_8();
    }

    @Bean
    SignInThrottle signInThrottle(InstantSource clock, Topics topics) {
        return new SignInThrottle(clock, topics.topic("sign-in.failures", SignInThrottle.Told.class));
    }
}
