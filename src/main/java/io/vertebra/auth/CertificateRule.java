package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.http.ClientCertificate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Who a client is by its certificate.
 *
 * @param name by which audit lines and answers know it, after {@code certificate/}; 1 to 100 of
 *     {@code a-z A-Z 0-9 . _ -}
 * @param san an alternative name of the certificate: a DNS name, or a URI as {@code
 *     spiffe://example.org/orders}
 * @param commonName of its subject, for certificates without such names
 * @param roles by which it is permitted
 * @param permissions besides
 */
public record CertificateRule(
    String name,
    Optional<String> san,
    Optional<String> commonName,
    List<String> roles,
    List<Permission> permissions) {

  public CertificateRule {
    roles = List.copyOf(roles);
    permissions = List.copyOf(permissions);
    if (san.isPresent() == commonName.isPresent()) {
      throw Failure.invalid("/san", "or commonName must be given, and not both");
    }
  }

  static CertificateRule from(Fields fields) {
    String name =
        fields
            .text("name", 1, 100)
            .matching(text -> text.matches("[A-Za-z0-9._-]+"), "must be letters, digits, . _ or -")
            .about("Who it is, in the audit log.")
            .required();
    Optional<String> san =
        fields.text("san", 1, 500).about("DNS name or URI of the certificate.").optional();
    Optional<String> commonName =
        fields.text("commonName", 1, 200).about("Common name of its subject instead.").optional();
    List<String> roles =
        fields.texts("roles", 100, 100).about("Roles by which it is permitted.").orElse(List.of());
    List<String> permissions =
        fields
            .texts("permissions", 100, 500)
            .about("Permissions besides, as locks:write:orders/*.")
            .orElse(List.of());
    return fields.build(
        () ->
            new CertificateRule(
                name,
                san,
                commonName,
                roles,
                permissions.stream().map(Permission::parse).toList()));
  }

  boolean matches(ClientCertificate certificate) {
    if (san.isPresent()) {
      return certificate.names().stream().anyMatch(each -> isSame(san.get(), each));
    }
    return commonName.equals(commonName(certificate));
  }

  /** Names of hosts have no case; URIs have. */
  private static boolean isSame(String wanted, String told) {
    return wanted.contains("://")
        ? wanted.equals(told)
        : wanted.toLowerCase(Locale.ROOT).equals(told.toLowerCase(Locale.ROOT));
  }

  /** The one common name; empty if there are none or several. */
  private static Optional<String> commonName(ClientCertificate certificate) {
    try {
      List<String> names =
          new LdapName(certificate.subject())
              .getRdns().stream()
                  .filter(part -> part.size() == 1 && part.getType().equalsIgnoreCase("cn"))
                  .map(Rdn::getValue)
                  .map(String::valueOf)
                  .toList();
      return names.size() == 1 ? Optional.of(names.get(0)) : Optional.empty();
    } catch (InvalidNameException malformed) {
      return Optional.empty();
    }
  }
}
