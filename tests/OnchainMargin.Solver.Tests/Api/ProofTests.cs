using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>The choice of proofs as the API answers it: what is asked of attesters, what it costs, and that computation is there whatever happens.</summary>
public sealed class ProofTests : IAsyncLifetime
{
    private const ulong Now = 1_770_000_000;

    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Withdrawal_AskedByItsOwner_IsSignedAndTellsItsFee()
    {
        JsonElement answer = await AskAsync(2, Asker(_world.Owners[1], 2));
        JsonElement proof = Assert.Single(answer.GetProperty("accounts").EnumerateArray());

        Assert.Equal(("Signed", 1), (Text(proof, "way"), proof.GetProperty("kind").GetInt32()));
        Assert.Equal(("450000", "600000"), (Text(answer, "gas"), Text(answer, "computedGas")));
        long credit = long.Parse(Text(proof, "creditE8"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(credit > 0);
        Assert.Equal((credit + 9_999) / 10_000, long.Parse(Text(proof, "creditFeeE8"), System.Globalization.CultureInfo.InvariantCulture));
        Assert.Matches("^Shown by attesters who signed it now; a fee of [0-9.]+ for credit goes to the attesters.$", Text(proof, "sentence"));
        JsonElement document = await _world.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        JsonElement schema = document.GetProperty("paths").GetProperty("/api/accounts/{id}/withdrawal-proof").GetProperty("post").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        Assert.Empty(new SchemaCheck(document).Defects(answer, schema, "answer"));
    }

    [Fact]
    public async Task Withdrawal_WhoseFeeIsMoreThanTheGas_IsComputed()
    {
        _world.Trial.GasPriceWei = 1_000_000;

        Assert.Matches("^Computed on chain: the fee of [0-9.]+ on credit would be more than the gas of 0.00 that it saves; no fee.$", await SentenceAsync(2, Asker(_world.Owners[1], 2)));
    }

    [Fact]
    public async Task Withdrawal_ThatTheChainWouldNotTakeAttested_IsComputed()
    {
        _world.Trial.Attested = (null, "Drifted(1, 2, 3)");

        Assert.Equal("Computed on chain: the chain would not take what the attesters signed: Drifted(1, 2, 3); no fee.", await SentenceAsync(2, Asker(_world.Owners[1], 2)));
    }

    [Fact]
    public async Task Withdrawal_OfWhatComputesForLess_IsComputed()
    {
        _world.Trial.Attested = (FakeTrial.ComputedGas + 1_000, "");

        Assert.Equal("Computed on chain: an attestation would take 1,000 gas more; no fee.", await SentenceAsync(2, Asker(_world.Owners[1], 2)));
    }

    [Fact]
    public async Task Withdrawal_NobodySignedFor_DisturbsNeitherAttestersNorTheNode()
    {
        JsonElement answer = await AskAsync(2, null);

        Assert.True(answer.GetProperty("isAskable").GetBoolean());
        Assert.Equal("Computed", Text(answer.GetProperty("accounts")[0], "way"));
        Assert.Equal(0, _world.Trial.Tried);
    }

    [Fact]
    public async Task Withdrawal_FromAnAccountWithoutPositions_NeedsNoProof() =>
        Assert.Equal("No proof is needed: no position is left, and no debt.", await SentenceAsync(1, null));

    [Fact]
    public async Task Settlement_OfTwoSignedOrders_IsShownByAttestations()
    {
        JsonElement answer = await SettleAsync(2 * ApiWorld.One, 50_000);

        // The second account has credit, and signed no more than the fee of the fill.
        Assert.Equal(["1 Signed", "2 Computed"], answer.GetProperty("accounts").EnumerateArray().Select(static proof => $"{Text(proof, "account")} {Text(proof, "way")}"));
        Assert.Contains("more than the orders leave", Text(answer.GetProperty("accounts")[1], "sentence"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "1 Signed, 2 Signed", "300000", "600000")]
    [InlineData(2, "1 Signed, 2 Computed", "450000", "600000")]
    public async Task Settlement_IsWeighedAccountByAccount(ulong dear, string ways, string gas, string computedGas)
    {
        _world.Trial.Dear = dear;
        JsonElement answer = await SettleAsync(ApiWorld.One / 10, 100_000);

        Assert.Equal(ways, string.Join(", ", answer.GetProperty("accounts").EnumerateArray().Select(static proof => $"{Text(proof, "account")} {Text(proof, "way")}")));
        Assert.Equal((gas, computedGas), (Text(answer, "gas"), Text(answer, "computedGas")));
    }

    [Fact]
    public async Task Move_OfAPosition_IsShownByAnAttestationOfEachAccount()
    {
        _world.Give(3, _world.Owners[1].Address);
        object Body(object? asker, object? toAsker) => new { to = 3, token = 0, amountRaw = "1000000", instruments = new[] { $"{Instrument.Perpetual(1).Packed}" }, asker, toAsker };
        JsonElement answer = await MoveAsync(Body(Asker(_world.Owners[1], 2), Asker(_world.Owners[1], 3)));
        Assert.Equal(["2 Signed", "3 Signed"], answer.GetProperty("accounts").EnumerateArray().Select(static proof => $"{Text(proof, "account")} {Text(proof, "way")}"));
        JsonElement unasked = await MoveAsync(Body(null, null));
        Assert.True(unasked.GetProperty("isAskable").GetBoolean());
        Assert.Equal("Accounts 2 and 1 are not two accounts of one owner; move between those of one.", Text(await MoveAsync(new { to = 1, token = 0, amountRaw = "1", instruments = Array.Empty<string>() }), "detail"));
        Assert.StartsWith("Account 2 has no position in instrument 5;", Text(await MoveAsync(new { to = 3, token = 0, amountRaw = "1", instruments = new[] { "5" } }), "detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/accounts/99/withdrawal-proof", "{\"token\":0,\"amountRaw\":\"1\"}", HttpStatusCode.NotFound, "Account 99 was never opened.")]
    [InlineData("/api/accounts/2/withdrawal-proof", "{\"token\":7,\"amountRaw\":\"1\"}", HttpStatusCode.NotFound, "Token 7 is not listed; /api/deployment lists the tokens.")]
    [InlineData("/api/accounts/2/withdrawal-proof", "{\"token\":0,\"amountRaw\":\"-1\"}", HttpStatusCode.BadRequest, "The amount '-1' is not understood; give a whole number of base units, more than 0 and below 2^128.")]
    [InlineData("/api/accounts/2/withdrawal-proof", "{\"token\":1,\"amountRaw\":\"5000000000000000000\"}", HttpStatusCode.BadRequest, "Account 2 has 4000000000000000000 base units of token 1, less than 5000000000000000000; ask for at most what it has.")]
    [InlineData("/api/settlement-proofs", "{\"orders\":[],\"fills\":[]}", HttpStatusCode.BadRequest, "There are 0 orders and 0 fills; give 1 to 64 fills and 2 to 128 orders.")]
    [InlineData("/api/settlement-proofs", "{\"orders\":[],\"fills\":[{\"maker\":0,\"taker\":1,\"sizeE8\":\"1\"}]}", HttpStatusCode.BadRequest, "There are 0 orders and 1 fills; give 1 to 64 fills and 2 to 128 orders.")]
    public async Task Question_ThatCannotBe_IsRefusedInASentence(string path, string body, HttpStatusCode status, string sentence)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage reply = await _world.Http.PostAsync(path, content);

        Assert.Equal(status, reply.StatusCode);
        Assert.Equal(sentence, Text(await reply.Content.ReadFromJsonAsync<JsonElement>(), "detail"));
    }

    [Fact]
    public async Task Asker_WhoMayNotTradeForTheAccount_IsRefusedByName()
    {
        string stranger = _world.Owners[2].Address.ToString();
        string[] refusals =
        [
            await SentenceAsync(2, Asker(_world.Owners[2], 2)),
            await SentenceAsync(2, Asker(_world.Owners[1], account: 3)),
            await SentenceAsync(2, Asker(_world.Owners[1], 2, Now - 1)),
            await SentenceAsync(2, Asker(_world.Owners[1], 2, Now + 86_401)),
        ];

        Assert.Contains($"{stranger} neither owns account 2 nor may trade for it", refusals[0], StringComparison.OrdinalIgnoreCase);
        Assert.Contains("the signature is not one of", refusals[1], StringComparison.OrdinalIgnoreCase);
        Assert.All(refusals[2..], static sentence => Assert.Contains("sign one for a second from 1770000000 to 1770086400", sentence, StringComparison.Ordinal));
        Assert.Equal(0, _world.Trial.Tried);
    }

    [Fact]
    public async Task Asker_MoreOftenThanHisBudget_IsRefused_AndTakesNothingFromOthers()
    {
        Solver.Attesting.ProofAsker Signed(PrivateKey key, ulong account) => new(key.Address.ToString(), Signature(key, account, Now + 60), $"{Now + 60}");
        Solver.Attesting.ProofAsker theft = Signed(_world.Owners[2], 2);
        for (int i = 0; i < 40; i++)
        {
            Assert.Contains("may trade for it", await _world.Access.RefusalAsync(2, theft, default), StringComparison.Ordinal);
        }

        var answers = new List<string?>();
        for (int i = 0; i < 21; i++)
        {
            answers.Add(await _world.Access.RefusalAsync(2, Signed(_world.Owners[1], 2), default));
        }

        Assert.All(answers[..20], Assert.Null);
        Assert.Equal("Account 2 had its 20 attestations of these ten seconds; ask again in a moment, or prove by computation.", answers[20]);
        Assert.Null(await _world.Access.RefusalAsync(3, Signed(_world.Owners[2], 3), default));
    }

    [Fact]
    public async Task Asker_ByAnOrderThatEverybodyHas_LeavesTheRequestsOfItsOwner()
    {
        var order = Solver.Attesting.ProofAsker.By(Solver.Api.OrderRequest.Of(_world.Sign(2, ApiWorld.One, ApiWorld.BtcE8, 1)));
        for (int i = 0; i < 20; i++)
        {
            Assert.Null(await _world.Access.RefusalAsync(2, order, default));
        }

        Assert.Contains("had its 20 attestations", await _world.Access.RefusalAsync(2, order, default), StringComparison.Ordinal);
        Assert.Null(await _world.Access.RefusalAsync(2, new(_world.Owners[1].Address.ToString(), Signature(_world.Owners[1], 2, Now + 60), $"{Now + 60}"), default));
    }

    /// <summary>2⁵³ can be held (MRG-003), and no more. Puts far below the market need next to nothing.</summary>
    [Theory]
    [InlineData(1L << 53, true)]
    [InlineData((1L << 53) + 1, false)]
    [InlineData(long.MinValue, false)]
    public void Attestation_OfMoreThanAnAccountCanHold_IsNotSigned(long sizeE8, bool isSigned)
    {
        AccountState state = AccountState.Empty with { Positions = [new Position(Instrument.Put(2, ApiWorld.Expiry, 1_000_000), sizeE8, 0)] };
        var request = new Solver.Attesting.AttestationRequest(2, 1, HexData.Encode(state.Pack().AsSpan(64)), "0x", new("", ""));

        Assert.Equal(isSigned, _world.Signer.Sign(request, out string reason) is not null);
        Assert.Equal(!isSigned, reason.Contains("larger than an account can hold", StringComparison.Ordinal));
    }

    /// <summary>Governance set a model that this program does not know: its figures under that name would cost the bond.</summary>
    [Fact]
    public void Attestation_ByAnotherModel_IsNotSigned()
    {
        var request = new Solver.Attesting.AttestationRequest(1, 1, "0x", "0x", new("", ""));
        Assert.NotNull(_world.Signer.Sign(request, out _));

        _world.Change(static book => book with { ModelHash = OnchainMargin.Ethereum.Hashing.Keccak256.HashUtf8("margin model 2") });
        Assert.Null(_world.Signer.Sign(request, out string reason));
        Assert.EndsWith("is not the one that is computed here.", reason, StringComparison.Ordinal);
    }

    /// <summary>The first account buys from the second, which takes.</summary>
    private async Task<JsonElement> SettleAsync(long sizeE8, uint maxFeeRateE8)
    {
        Clearinghouse.Order Order(ulong account, long signedE8) => new(account, Instrument.Perpetual(1).Packed, signedE8, (ulong)ApiWorld.BtcE8, 1, 4_000_000_000, maxFeeRateE8, 0);
        object[] orders = [Json(_world.Digests.Sign(Order(1, sizeE8), _world.Owners[0])), Json(_world.Digests.Sign(Order(2, -sizeE8), _world.Owners[1]))];
        using HttpResponseMessage reply = await _world.Http.PostAsJsonAsync("/api/settlement-proofs", new { orders, fills = new[] { new { maker = 0, taker = 1, sizeE8 = $"{sizeE8}" } } });
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<JsonElement> MoveAsync(object body)
    {
        using HttpResponseMessage reply = await _world.Http.PostAsJsonAsync("/api/accounts/2/move-proofs", body);
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<string> SentenceAsync(ulong account, object? asker) => Text((await AskAsync(account, asker)).GetProperty("accounts")[0], "sentence");

    private async Task<JsonElement> AskAsync(ulong account, object? asker)
    {
        using HttpResponseMessage reply = await _world.Http.PostAsJsonAsync($"/api/accounts/{account}/withdrawal-proof", new { token = 0, amountRaw = "30000000000", asker });
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    private object Asker(PrivateKey key, ulong account, ulong until = Now + 60) => new { signer = key.Address.ToString(), signature = Signature(key, account, until), validUntilSeconds = $"{until}" };

    private string Signature(PrivateKey key, ulong account, ulong until) => HexData.Encode(key.SignHash(_world.Digests.OfProofRequest(account, until)).ToArray());

    private static object Json(Clearinghouse.SignedOrder signed)
    {
        Clearinghouse.Order o = signed.Order;
        return new
        {
            order = new { account = $"{o.Account}", instrument = $"{o.Instrument}", sizeE8 = $"{o.SizeE8}", limitPriceE8 = $"{o.LimitPriceE8}", nonce = $"{o.Nonce}", expiry = $"{o.Expiry}", maxFeeRateE8 = $"{o.MaxFeeRateE8}", flags = (int)o.Flags },
            signer = signed.Signer.ToString(),
            signature = HexData.Encode(signed.Signature),
        };
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;
}
