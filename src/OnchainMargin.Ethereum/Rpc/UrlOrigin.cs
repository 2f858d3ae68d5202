namespace OnchainMargin.Ethereum.Rpc;

/// <summary>What messages may show of an address. Paths and queries of hosted nodes hold keys, and a name and a password may stand before the host: only scheme, host and port are told.</summary>
public static class UrlOrigin
{
    /// <summary>Scheme, host and port (the last where it is not the scheme's own), like <c>https://node.example</c>.</summary>
    public static string Of(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
    }

    /// <summary>The same in brackets, with a space before it, for a sentence about an address that cannot be used; nothing where no host is named, since then no part of it is known to be none of a secret.</summary>
    public static string Bracketed(string address) => Uri.TryCreate(address, UriKind.Absolute, out Uri? read) && read.Host.Length > 0 ? $" ({Of(read)})" : "";
}
