package io.parley.user.session;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.stereotype.Component;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * What concerns an account's security asks PostgreSQL whether the caller's session has ended: there
 * a session that was ended a moment ago must not do anything more, also while Redis is away.
 */
@Component
class LiveSessions implements WebMvcConfigurer, HandlerInterceptor {

  /** After the check of scopes. */
  private static final int ORDER = 100;

  private final Sessions sessions;

  LiveSessions(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public void addInterceptors(InterceptorRegistry registry) {
    registry.addInterceptor(this).addPathPatterns("/api/**").order(ORDER);
  }

  @Override
  public boolean preHandle(
      HttpServletRequest request, HttpServletResponse response, Object handler) {
    if (handler instanceof HandlerMethod method
        && request.getAttribute(Caller.class.getName()) instanceof Caller caller
        && isForSecurity(method)
        && !sessions.isAlive(caller)) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "The session has ended");
    }
    return true;
  }

  private static boolean isForSecurity(HandlerMethod method) {
    @Nullable RequiresScope required = method.getMethodAnnotation(RequiresScope.class);
    if (required == null) {
      required =
          AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), RequiresScope.class);
    }
    return required != null && required.value() == Scope.ACCOUNT_SECURITY;
  }
}
