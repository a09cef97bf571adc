package io.parley.common.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.AntPathMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers 413 before a controller sees more of a body than is allowed: {@code maxBytes}, or {@code
 * maxUploadBytes} at the paths that take uploads.
 */
final class BodyLimitFilter extends OncePerRequestFilter {

  private final long maxBytes;
  private final long maxUploadBytes;
  private final List<String> uploadPaths;
  private final ProblemResponses problems;
  private final AntPathMatcher matcher = new AntPathMatcher();

  BodyLimitFilter(
      long maxBytes, long maxUploadBytes, List<String> uploadPaths, ProblemResponses problems) {
    this.maxBytes = maxBytes;
    this.maxUploadBytes = maxUploadBytes;
    this.uploadPaths = List.copyOf(uploadPaths);
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String path = request.getServletPath();
    long limit =
        uploadPaths.stream().anyMatch(pattern -> matcher.match(pattern, path))
            ? maxUploadBytes
            : maxBytes;
    if (request.getContentLengthLong() > limit) {
      problems.write(tooLarge(limit), response);
    } else if (request.getContentLengthLong() >= 0) {
      chain.doFilter(request, response);
    } else {
      chain.doFilter(new CountedRequest(request, limit), response);
    }
  }

  private static ProblemException tooLarge(long limit) {
    return new ProblemException(
        CommonProblem.BODY_TOO_LARGE, "A body may have at most " + limit + " bytes");
  }

  /** A body without a stated length is counted while it is read. */
  private static final class CountedRequest extends HttpServletRequestWrapper {

    private final long limit;
    private @Nullable ServletInputStream counted;

    CountedRequest(HttpServletRequest request, long limit) {
      super(request);
      this.limit = limit;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      if (counted == null) {
        counted = new CountedStream(super.getInputStream(), limit);
      }
      return counted;
    }
  }

  private static final class CountedStream extends ServletInputStream {

    private final ServletInputStream in;
    private final long limit;
    private long read;

    CountedStream(ServletInputStream in, long limit) {
      this.in = in;
      this.limit = limit;
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int n = in.read(buffer, offset, length);
      count(Math.max(n, 0));
      return n;
    }

    private void count(int bytes) {
      read += bytes;
      if (read > limit) {
        throw tooLarge(limit);
      }
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
