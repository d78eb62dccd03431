package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.InsufficientAuthenticationException;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.RequestCacheConfigurer;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/** Everything under the API needs a credential, save sign-in and health; the files of the page are open. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration implements WebMvcConfigurer {

    /** Open to anyone. */
    static final String[] SIGN_IN = {
        Api.BASE + "/auth/login",
        Api.BASE + "/auth/mfa",
        Api.BASE + "/auth/passkey",
        Api.BASE + "/auth/passkey/options",
        Api.BASE + "/auth/oidc/begin",
        Api.BASE + "/auth/oidc/answer",
        Api.BASE + "/auth/oidc/backchannel-logout"
    };

    private static final String PROVIDER = Api.BASE + "/auth/oidc";

    static final String HEALTH = Api.BASE + "/health";

    // PatternFly places its pop-ups with style attributes; everything else comes from files of ours.
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                    + "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private final Access access;
    private final StepUpInterceptor stepUp;

    SecurityConfiguration(Access access, StepUpInterceptor stepUp) {
        this.access = access;
        this.stepUp = stepUp;
    }

    @Bean
    SessionContexts sessionContexts(Sessions sessions) {
        return new SessionContexts(sessions);
    }

    /** They cost a third of a request's time, for what the web server's own observation tells as well. */
    @Bean
    SecurityObservationSettings securityObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    CookieCsrfTokenRepository csrfTokens() {
        var repository = CookieCsrfTokenRepository.withHttpOnlyFalse();
        repository.setCookieCustomizer(
                cookie -> cookie.secure(true).sameSite("Strict").path("/"));
        return repository;
    }

    @Bean
    SecurityFilterChain filterChain(
            HttpSecurity http,
            Authenticator authenticator,
            ProviderTokens providerTokens,
            ProblemWriter problems,
            SessionContexts contexts,
            CookieCsrfTokenRepository csrfTokens) {
        return http.securityContext(context -> context.securityContextRepository(contexts))
                // Only sign-in begins a session; left on, it would begin one for every request with an API token.
                .sessionManagement(AbstractHttpConfigurer::disable)
                .csrf(csrf -> csrf.spa()
                        .csrfTokenRepository(csrfTokens)
                        // Another site cannot make a browser send this header; and sign-in needs what no other site
                        // has.
                        .ignoringRequestMatchers(BearerTokenFilter::hasBearerToken)
                        .ignoringRequestMatchers(SIGN_IN))
                .addFilterBefore(
                        new BearerTokenFilter(authenticator, providerTokens, problems),
                        AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.dispatcherTypeMatchers(DispatcherType.ERROR)
                        .permitAll()
                        .requestMatchers(HttpMethod.POST, SIGN_IN)
                        .permitAll()
                        .requestMatchers(HttpMethod.GET, HEALTH, PROVIDER)
                        .permitAll()
                        .requestMatchers("/api/**")
                        .authenticated()
                        .requestMatchers(HttpMethod.GET, "/**")
                        .permitAll()
                        .requestMatchers(HttpMethod.HEAD, "/**")
                        .permitAll()
                        .anyRequest()
                        .authenticated())
                .exceptionHandling(handling -> handling.authenticationEntryPoint(unauthenticated(problems))
                        .accessDeniedHandler(forbidden(problems)))
                .headers(headers -> headers.contentSecurityPolicy(csp -> csp.policyDirectives(CONTENT_SECURITY_POLICY))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.NO_REFERRER))
                        .permissionsPolicyHeader(
                                permissions -> permissions.policy("camera=(), microphone=(), geolocation=()")))
                .requestCache(RequestCacheConfigurer::disable)
                .formLogin(AbstractHttpConfigurer::disable)
                .httpBasic(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new PermissionInterceptor(access));
        registry.addInterceptor(stepUp);
    }

    private static AuthenticationEntryPoint unauthenticated(ProblemWriter problems) {
        return (request, response, exception) -> problems.write(
                request,
                response,
                ErrorCode.UNAUTHENTICATED,
                "Sign in, or send an API token as Authorization: Bearer.",
                List.of());
    }

    private static AccessDeniedHandler forbidden(ProblemWriter problems) {
        return (request, response, exception) -> {
            // The check of the header comes before the check of who asks.
            Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
            if (authentication == null || authentication instanceof AnonymousAuthenticationToken) {
                unauthenticated(problems)
                        .commence(request, response, new InsufficientAuthenticationException("nobody", exception));
                return;
            }
            problems.write(
                    request,
                    response,
                    ErrorCode.FORBIDDEN,
                    "The request lacks the header X-XSRF-TOKEN with the value of the cookie XSRF-TOKEN.",
                    List.of());
        };
    }
}
