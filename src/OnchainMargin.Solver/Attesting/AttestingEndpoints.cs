using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Quorum;

namespace OnchainMargin.Solver.Attesting;

/// <summary>What attesters say to each other, and are asked for. Nothing here needs a password: signatures prove themselves, books are public.</summary>
internal static class AttestingEndpoints
{
    /// <summary>More than a proposal of surfaces for every expiry of every underlying, or 128 positions, take.</summary>
    private const long LargestRequestBytes = 1 << 20;

    /// <summary>Half of what a peer has to bear (<see cref="PeerClient"/>): who reads a book more slowly than this is cut off.</summary>
    private const double LeastBytesPerSecond = 1e6;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static void Map(WebApplication host, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        RouteGroupBuilder attest = host.MapGroup("/attest").WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes));
        attest.MapGet("/books/{checkpoint}", (ulong checkpoint, HttpContext context, Broadcast<IndexedBook> books, AttestedBooks attested, CancellationToken cancellationToken) =>
            {
                // Only so many are sent at once (api:maximumBooks), and each but as long as its bytes take.
                context.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = new MinDataRate(LeastBytesPerSecond, Grace);
                return books.Current is { } indexed && attested.FindServed(indexed, checkpoint, cancellationToken) is { } book
                    ? Results.Ok(AttestedBookView.Of(book))
                    : ApiSetup.Missing($"The book of checkpoint {checkpoint} is not kept here; ask for one of the last.");
            })
            .Produces<AttestedBookView>().WithSummary("Every attestation of a checkpoint's book").WithTags("attestations");
        if (!options.Plays(SolverRoles.Attester))
        {
            return;
        }

        attest.MapPost("/signatures", TakeAsync).WithSummary("Takes another attester's signature of an epoch").WithTags("attestations");
        attest.MapPost("/proposals", TakeProposal).WithSummary("Takes another attester's signature of surfaces or of a step of parameters").WithTags("attestations");
        attest.MapPost("/attestations", SignAsync)
            .ProducesProblem(403).ProducesProblem(422).WithSummary("Signs what positions and collateral need at a checkpoint, for whoever may trade for the account").WithTags("attestations");
    }

    private static async Task<Results<Ok<SignedAttestation>, ProblemHttpResult>> SignAsync(AttestationRequest request, OnDemandSigner signer, ProofAccess access, CancellationToken cancellationToken)
    {
        if (await access.RefusalAsync(request.Account, request.Asker, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            return TypedResults.Problem(refusal, statusCode: StatusCodes.Status403Forbidden, title: "Refused");
        }

        return signer.Sign(request, out string reason) is { } signed
            ? TypedResults.Ok(new SignedAttestation(
                HexData.Encode(signed.Attestation.Encode()),
                [.. signed.Signatures.Select(static one => new SignedAttestation.Entry(one.Signer.ToString(), HexData.Encode(one.Signature)))]))
            : TypedResults.Problem(reason, statusCode: StatusCodes.Status422UnprocessableEntity, title: "Not attested");
    }

    private static async Task<IResult> TakeAsync(EpochOffer offer, Broadcast<IndexedBook> books, ProtocolDigests digests, LocalSignatureExchange exchange, CancellationToken cancellationToken)
    {
        RiskRegistry.RiskEpoch epoch;
        RiskRegistry.AttesterSignature offered;
        try
        {
            epoch = RiskRegistry.RiskEpoch.Decode(HexData.Decode(offer.Epoch ?? ""));
            offered = new RiskRegistry.AttesterSignature(Address.Parse(offer.Signer ?? ""), HexData.Decode(offer.Signature ?? ""));
        }
        catch (EthereumException error)
        {
            return TypedResults.Problem($"The offer cannot be read ({error.Message.TrimEnd('.')}); send the epoch as abi.encode gives it, the signer and the signature.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
        }

        if (books.Current?.Book is not { } book || !book.Checkpoints.TryGetValue(epoch.Checkpoint, out CheckpointInputs? inputs) || epoch.Epoch > (book.LatestEpoch?.Epoch ?? 0) + 1)
        {
            return ApiSetup.NotReady($"Checkpoint {epoch.Checkpoint} or epoch {epoch.Epoch} is not known here yet; send the signature again.");
        }

        Hash32 digest = digests.Of(epoch, inputs.InputsHash);
        if (!book.Attesters.Contains(offered.Signer) || OnDemandSigner.Own(digest, offered) is not { } signature)
        {
            return TypedResults.Problem($"The signature is not one of {offered.Signer} over this epoch, or that is no attester.", statusCode: StatusCodes.Status403Forbidden, title: "Refused");
        }

        await exchange.PublishAsync(epoch, digest, signature, cancellationToken).ConfigureAwait(false);
        return Results.Accepted();
    }

    private static IResult TakeProposal(ProposalOffer offer, Broadcast<IndexedBook> books, ProtocolDigests digests, ProposalExchange exchange)
    {
        Proposal? proposal;
        RiskRegistry.AttesterSignature offered;
        try
        {
            proposal = Enum.TryParse(offer.Kind, ignoreCase: true, out ProposalKind kind) ? Proposal.Read(kind, HexData.Decode(offer.Content ?? ""), digests) : null;
            offered = new RiskRegistry.AttesterSignature(Address.Parse(offer.Signer ?? ""), HexData.Decode(offer.Signature ?? ""));
        }
        catch (EthereumException error)
        {
            return TypedResults.Problem($"The proposal cannot be read ({error.Message.TrimEnd('.')}); send its structs as abi.encode gives them, the signer and the signature.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
        }

        if (proposal is null)
        {
            return TypedResults.Problem($"The proposal of kind '{offer.Kind}' is none; send surfaces or parameters, whole structs one after another.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request");
        }

        if (books.Current?.Book is not { } book)
        {
            return ApiSetup.NotReady("The attesters are not known here yet; send the signature again.");
        }

        if (!proposal.CanLand(book))
        {
            // Nobody's fault: a signature comes late, or is brought again when all is over.
            return Results.NoContent();
        }

        if (!book.Attesters.Contains(offered.Signer) || OnDemandSigner.Own(proposal.Digest, offered) is not { } signature)
        {
            return TypedResults.Problem($"The signature is not one of {offered.Signer} over this proposal, or that is no attester.", statusCode: StatusCodes.Status403Forbidden, title: "Refused");
        }

        exchange.Take(proposal, signature);
        return Results.Accepted();
    }
}
