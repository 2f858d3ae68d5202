using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Chain;

/// <summary>Where proofs come from: a solver's API, which chooses the cheapest that the chain takes. It is never needed: what it does not answer is computed on chain, and what it says is tried there before it is sent.</summary>
internal sealed class ProofSource
{
    /// <summary>The environment variable of the solver's address.</summary>
    public const string Variable = "OMARGIN_SOLVER";

    /// <summary>How long a signed request for proofs counts: for this command.</summary>
    private const ulong RequestSeconds = 600;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Option<string?> _solver = new("--solver")
    {
        Description = $"A solver's API (http) that offers attested proofs; they take less gas for larger portfolios. Without it, or when it is silent: computed on chain. Environment: {Variable}.",
        HelpName = "url",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable),
    };

    private ProofSource()
    {
    }

    /// <summary>Adds the option to a command.</summary>
    public static ProofSource AddTo(Command command)
    {
        var source = new ProofSource();
        command.Options.Add(source._solver);
        return source;
    }

    /// <summary>The solver that the command line names; null for none.</summary>
    public string? Solver(ParseResult parsed) => parsed.GetValue(_solver);

    /// <summary>A proof for a withdrawal of an account of the key.</summary>
    public static async Task<OfferedProof> OfWithdrawalAsync(string? solver, ProtocolClient client, ulong account, ushort token, UInt128 amountRaw, PrivateKey key, CancellationToken cancellationToken)
    {
        BlockHeader? head = await client.Node.GetBlockAsync(BlockTag.Latest, cancellationToken);
        ulong until = (head?.TimestampSeconds ?? 0) + RequestSeconds;
        string signature = HexData.Encode(key.SignHash(client.Digests.OfProofRequest(account, until)).ToArray());
        var request = new
        {
            token,
            amountRaw = amountRaw.ToString(CultureInfo.InvariantCulture),
            asker = new { signer = key.Address.ToString(), signature, validUntilSeconds = until.ToString(CultureInfo.InvariantCulture) },
        };
        return (await AskAsync(solver, $"api/accounts/{account}/withdrawal-proof", request, [account], cancellationToken))[0];
    }

    /// <summary>Proofs for a match of two signed orders, which ask for their accounts.</summary>
    public static Task<IReadOnlyList<OfferedProof>> OfMatchAsync(string? solver, Clearinghouse.SignedOrder maker, Clearinghouse.SignedOrder taker, ulong sizeE8, CancellationToken cancellationToken)
    {
        var request = new { orders = new[] { Json(maker), Json(taker) }, fills = new[] { new { maker = 0, taker = 1, sizeE8 = sizeE8.ToString(CultureInfo.InvariantCulture) } } };
        return AskAsync(solver, "api/settlement-proofs", request, [maker.Order.Account, taker.Order.Account], cancellationToken);
    }

    /// <summary>Sends an operation with the proofs that are offered; again by computation in place of attestations that the chain does not take after all, and by reduction where a market, or the margin of an account, takes nothing else.</summary>
    /// <param name="offered">The proofs.</param>
    /// <param name="send">Sends with proofs.</param>
    /// <param name="isTrade">Whether it is a trade: nothing else is shown by reduction.</param>
    /// <returns>The proofs that it was sent with, and what became of it.</returns>
    public static async Task<(IReadOnlyList<OfferedProof> Proofs, TransactionReceipt Receipt)> SendAsync(IReadOnlyList<OfferedProof> offered, Func<IReadOnlyList<OfferedProof>, Task<TransactionReceipt>> send, bool isTrade = false)
    {
        try
        {
            return (offered, await send(offered));
        }
        catch (RevertException refused) when (isTrade && TakesReductionsOnly(refused) && offered.Any(static proof => proof.Proof.Kind != Proofs.Reducing.Kind))
        {
            return await SendAsync([.. offered.Select(static proof => OfferedProof.Reducing(proof.Account, "which is all that this market takes now"))], send, isTrade);
        }
        catch (RevertException refused) when (isTrade && Short(refused) is { } account && offered.Any(proof => proof.Account == account && proof.Proof.Kind == Proofs.Computed.Kind))
        {
            OfferedProof[] reducing = [.. offered.Select(proof => proof.Account == account ? OfferedProof.Reducing(account, "since its margin allows nothing else") : proof)];
            if (await TryReduceAsync(reducing, send) is { } done)
            {
                return done;
            }

            throw;
        }
        catch (RevertException refused) when (offered.Any(static proof => proof.IsAttested))
        {
            return await SendAsync([.. offered.Select(proof => proof.IsAttested ? OfferedProof.Computed(proof.Account, $"the chain did not take the attestation ({refused.Reason})") : proof)], send, isTrade);
        }
    }

    /// <summary>Whether a trade was refused for what its market, or a pause, lets nobody do but by reducing (CLR-016).</summary>
    private static bool TakesReductionsOnly(RevertException refused) => refused.Reason is CustomErrorReason { Error: Clearinghouse.MarketNotNormalError or Clearinghouse.PausedError };

    /// <summary>The account that a computed trade would leave below its initial margin or the floor; the chain may take the same as a reduction (CLR-020).</summary>
    private static ulong? Short(RevertException refused) => refused.Reason is not CustomErrorReason { Error: var error } ? null
        : error is HealthGate.MarginTooLowError margin ? margin.Account
        : error is HealthGate.FloorTooLowError floor ? floor.Account
        : null;

    /// <summary>Sends where a proof is of a reduction; null where it is none, of which the margin that it lacks says more.</summary>
    private static async Task<(IReadOnlyList<OfferedProof> Proofs, TransactionReceipt Receipt)?> TryReduceAsync(OfferedProof[] reducing, Func<IReadOnlyList<OfferedProof>, Task<TransactionReceipt>> send)
    {
        try
        {
            return await SendAsync(reducing, send, isTrade: true);
        }
        catch (RevertException refused) when (refused.Reason is CustomErrorReason { Error: HealthGate.NotReducingError or Clearinghouse.NotReducingError })
        {
            return null;
        }
    }

    private static async Task<IReadOnlyList<OfferedProof>> AskAsync(string? solver, string path, object request, IReadOnlyList<ulong> accounts, CancellationToken cancellationToken)
    {
        if (solver is not { Length: > 0 } address)
        {
            return Computed("no solver was named");
        }

        if (!Uri.TryCreate(address.EndsWith('/') ? address : address + "/", UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
        {
            throw new CliException($"The solver's address{UrlOrigin.Bracketed(address)} is not an http or https address: give one like http://127.0.0.1:8600.");
        }

        using var http = new HttpClient { Timeout = Patience };
        try
        {
            using HttpResponseMessage reply = await http.PostAsJsonAsync(new Uri(url, path), request, cancellationToken);
            JsonElement answer = await reply.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (!reply.IsSuccessStatusCode)
            {
                return Computed($"the solver at {UrlOrigin.Of(url)} says: {answer.GetProperty("detail").GetString()}");
            }

            Dictionary<ulong, OfferedProof> offered = answer.GetProperty("accounts").EnumerateArray().Select(Read).ToDictionary(static proof => proof.Account);
            return [.. accounts.Select(account => offered[account])];
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or EthereumFormatException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException or ArgumentException
            || (error is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Computed($"the solver at {UrlOrigin.Of(url)} did not answer ({error.Message.TrimEnd('.')})");
        }

        IReadOnlyList<OfferedProof> Computed(string reason) => [.. accounts.Select(account => OfferedProof.Computed(account, reason))];
    }

    private static OfferedProof Read(JsonElement proof) => new(
        ulong.Parse(Text(proof, "account"), CultureInfo.InvariantCulture),
        new Clearinghouse.Proof((byte)proof.GetProperty("kind").GetInt32(), HexData.Decode(Text(proof, "data"))),
        long.Parse(Text(proof, "creditFeeE8"), CultureInfo.InvariantCulture),
        Text(proof, "sentence"),
        IsAnswered: true);

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? throw new FormatException($"its '{name}' is empty");

    private static object Json(Clearinghouse.SignedOrder signed)
    {
        Clearinghouse.Order order = signed.Order;
        return new
        {
            order = new
            {
                account = $"{order.Account}",
                instrument = $"{order.Instrument}",
                sizeE8 = order.SizeE8.ToString(CultureInfo.InvariantCulture),
                limitPriceE8 = $"{order.LimitPriceE8}",
                nonce = $"{order.Nonce}",
                expiry = $"{order.Expiry}",
                maxFeeRateE8 = $"{order.MaxFeeRateE8}",
                flags = (int)order.Flags,
            },
            signer = signed.Signer.ToString(),
            signature = HexData.Encode(signed.Signature),
        };
    }
}
