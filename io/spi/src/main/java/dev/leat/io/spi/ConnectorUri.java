package dev.leat.io.spi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.base.Ascii;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a source or sink: {@code scheme:place?parameter=value&…}.
 *
 * <p>Not {@link java.net.URI}, which refuses globs. Percent escapes ({@code %20}) are read in the
 * place and in values. A text without a scheme is a path, taken as it is: {@code files}.
 */
public final class ConnectorUri {
  private static final Pattern SCHEME =
      Pattern.compile("^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$", Pattern.DOTALL);
  private static final Pattern FILESYSTEM =
      Pattern.compile("^[a-zA-Z][a-zA-Z0-9+.-]*://.*", Pattern.DOTALL);

  private static final String HIDDEN = "***";

  /** A user before a host; with a password in it that may hold slashes. */
  private static final Pattern USER =
      Pattern.compile("^([^:]+:(?:[^:/]+:)?//)(?:[^/@]*:[^?]*|[^/@]*)@", Pattern.DOTALL);

  /** The value goes on until the next name. */
  private static final Pattern PAIR =
      Pattern.compile("(?<=[?&])([^?&=]+)=([^&]*(?:&(?![^&=]+=)[^&]*)*)", Pattern.DOTALL);

  private static final Pattern SECRET =
      Pattern.compile(
          "passw|passphrase|pwd|secret|token|credential|api_?key|access_?key|signature",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):[^}]+}");

  private final String text;
  private final String scheme;
  private final String place;
  private final Map<String, String> parameters;

  private ConnectorUri(String text, String scheme, String place, Map<String, String> parameters) {
    this.text = text;
    this.scheme = scheme;
    this.place = place;
    this.parameters = parameters;
  }

  /**
   * Reads a URI.
   *
   * @throws UsageException if it is empty, or a parameter has no value or appears twice
   */
  public static ConnectorUri parse(String text) {
    if (text.isBlank()) {
      throw new UsageException("expected a URI such as files:///data/*.jsonl, got nothing");
    }
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      return new ConnectorUri(text, "files", text, Map.of());
    }
    String shown = withoutSecrets(text);
    String rest = matcher.group(2);
    // In a glob '?' stands for one character; a query has a '=' after it and no '/'.
    int query = rest.lastIndexOf('?');
    boolean hasQuery =
        query >= 0 && rest.indexOf('=', query) > 0 && !rest.substring(0, query).isEmpty();
    String place = hasQuery ? rest.substring(0, query) : rest;
    Map<String, String> parameters = new LinkedHashMap<>();
    if (hasQuery) {
      for (String pair : rest.substring(query + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (equals <= 0) {
          // Not repeated: it may be the end of a password with an '&' in it.
          throw new UsageException(
              shown + ": expected name=value before and after each '&'; in a value it is %26");
        }
        String name = unescape(pair.substring(0, equals));
        if (parameters.put(name, unescape(pair.substring(equals + 1))) != null) {
          throw new UsageException(shown + ": '" + name + "' is given twice");
        }
      }
    }
    return new ConnectorUri(text, Ascii.toLowerCase(matcher.group(1)), unescape(place), parameters);
  }

  /** In lower case, for example {@code files}. */
  public String scheme() {
    return scheme;
  }

  /**
   * What stands between the scheme and the parameters, unescaped, for example {@code ///data/*.gz}.
   */
  public String place() {
    return place;
  }

  /**
   * The place as a path that Beam's file systems read: {@code ///data/x} is {@code /data/x}, {@code
   * data/x} stays relative, {@code s3://bucket/x} stays as it is.
   *
   * @throws UsageException if the place is a host ({@code files://host/x}), or empty
   */
  public String path() {
    if (place.startsWith("///")) {
      return place.substring(2);
    }
    if (place.startsWith("//")) {
      String tail = place.substring(2);
      throw new UsageException(
          this
              + ": expected "
              + scheme
              + ":///"
              + tail
              + " for an absolute path or "
              + scheme
              + ":"
              + tail
              + " for a relative one");
    }
    if (place.isEmpty()) {
      throw new UsageException(this + ": expected a path after '" + scheme + ":'");
    }
    return place;
  }

  /** Whether {@link #path()} names another file system than the local one. */
  public boolean isRemote() {
    return FILESYSTEM.matcher(place).matches();
  }

  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** All parameters, in their order. */
  public Map<String, String> parameters() {
    return Map.copyOf(parameters);
  }

  /**
   * Refuses every parameter that is not in {@code known}.
   *
   * @throws UsageException naming all that are unknown, and the known ones
   */
  public void allowParameters(Set<String> known) {
    List<String> problems = new ArrayList<>();
    for (String name : parameters.keySet()) {
      if (!known.contains(name)) {
        problems.add(
            this
                + ": unknown parameter '"
                + name
                + "'; "
                + (known.isEmpty()
                    ? scheme + " takes none"
                    : "known are " + String.join(", ", new TreeSet<>(known))));
      }
    }
    if (!problems.isEmpty()) {
      throw new UsageException(problems);
    }
  }

  /**
   * The place under another scheme, with something after its last name and without parameters: of
   * {@code jsonl:///out/} and {@code -rest}, {@code jsonl:///out-rest}.
   */
  public ConnectorUri withPlaceSuffix(String suffix, String newScheme) {
    String newPlace = place.replaceFirst("(?<=[^/:])/+$", "") + suffix;
    return new ConnectorUri(newScheme + ":" + newPlace, newScheme, newPlace, Map.of());
  }

  /** With a parameter, unless it has one of that name. */
  public ConnectorUri withDefault(String name, String value) {
    if (parameters.containsKey(name)) {
      return this;
    }
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(name, value);
    String joined = text + (parameters.isEmpty() ? "?" : "&") + name + "=" + value;
    return new ConnectorUri(joined, scheme, place, more);
  }

  /** With a parameter of that value, in the place of one of that name. */
  public ConnectorUri withParameter(String name, String value) {
    Map<String, String> changed = new LinkedHashMap<>(parameters);
    changed.put(name, value);
    return of(scheme, place, changed);
  }

  /** The same of another place. */
  public ConnectorUri withPlace(String other) {
    return of(scheme, other, parameters);
  }

  private static ConnectorUri of(String scheme, String place, Map<String, String> parameters) {
    StringBuilder joined = new StringBuilder(scheme).append(':').append(escape(place));
    char separator = '?';
    for (Map.Entry<String, String> each : parameters.entrySet()) {
      joined.append(separator).append(escape(each.getKey())).append('=');
      joined.append(escape(each.getValue()));
      separator = '&';
    }
    return new ConnectorUri(joined.toString(), scheme, place, parameters);
  }

  private static String escape(String text) {
    return text.replace("%", "%25").replace("?", "%3F").replace("&", "%26").replace("=", "%3D");
  }

  /** The scheme and place only, without a user: what may be remembered with the data. */
  public String withoutParameters() {
    return USER.matcher(scheme + ":" + place).replaceFirst("$1" + HIDDEN + "@");
  }

  /** What names a table or folder: the scheme, the place, and of the parameters only these. */
  public String withParametersOnly(String... names) {
    StringBuilder address = new StringBuilder(withoutParameters());
    char separator = '?';
    for (String name : names) {
      if (parameters.containsKey(name)) {
        address.append(separator).append(name).append('=').append(parameters.get(name));
        separator = '&';
      }
    }
    return address.toString();
  }

  /**
   * As it was written, for a person: what may be a secret that was written out is hidden, so that
   * every message can repeat it.
   */
  @Override
  public String toString() {
    return SCHEME.matcher(text).matches() ? withoutSecrets(text) : text;
  }

  /**
   * Users, and values of parameters that by their names are secrets, unless they are references.
   */
  private static String withoutSecrets(String text) {
    Matcher pairs = PAIR.matcher(USER.matcher(text).replaceFirst("$1" + HIDDEN + "@"));
    StringBuilder shown = new StringBuilder();
    while (pairs.find()) {
      boolean isSecret =
          SECRET.matcher(unescape(pairs.group(1))).find()
              && !REFERENCE.matcher(pairs.group(2)).matches();
      pairs.appendReplacement(
          shown,
          Matcher.quoteReplacement(
              isSecret ? pairs.group(1) + "=" + HIDDEN : pairs.group(1) + "=" + pairs.group(2)));
    }
    return pairs.appendTail(shown).toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConnectorUri && text.equals(((ConnectorUri) other).text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  private static String unescape(String escaped) {
    if (escaped.indexOf('%') < 0) {
      return escaped;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); ) {
      char c = escaped.charAt(i);
      if (c == '%' && isHex(escaped, i + 1) && isHex(escaped, i + 2)) {
        out.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
        i += 3;
      } else {
        int next = escaped.offsetByCodePoints(i, 1);
        byte[] utf8 = escaped.substring(i, next).getBytes(UTF_8);
        out.write(utf8, 0, utf8.length);
        i = next;
      }
    }
    return out.toString(UTF_8);
  }

  private static boolean isHex(String text, int index) {
    return index < text.length() && Character.digit(text.charAt(index), 16) >= 0;
  }
}
