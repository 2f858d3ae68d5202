using OnchainMargin.Cli.Demo;
using OnchainMargin.Cli.Orders;
using OnchainMargin.Cli.Text;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;

namespace OnchainMargin.Cli.Tests.Orders;

public sealed class OrderFileTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("omargin-order-").FullName, "order.json");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Write_ThenRead_GivesTheSignedOrderBack(byte flags)
    {
        DeploymentRecord deployment = Samples.Deployment();
        using PrivateKey key = DemoKeys.Of("someone");
        var order = new Clearinghouse.Order(7, Instrument.Perpetual(2).Packed, -150_000_000, 300_000_000_001, 42, 1_800_000_000, 100_000, flags);
        Clearinghouse.SignedOrder signed = new ProtocolDigests(deployment).Sign(order, key);
        var text = new StringWriter();

        Reply.WriteJson(text, OrderFile.Of(signed, deployment));
        FileText.Write(_file, text.ToString(), "order file");
        Clearinghouse.SignedOrder read = OrderFile.Read(_file).ToSigned(deployment);

        Assert.Equal(order, read.Order);
        Assert.Equal(key.Address, read.Signer);
        Assert.Equal(signed.Signature, read.Signature);
    }

    [Fact]
    public async Task Match_OfTwoOrdersOfOneAccount_IsRefusedBeforeTheChainIsAsked()
    {
        DeploymentRecord deployment = Samples.Deployment();
        using PrivateKey key = DemoKeys.Of("someone");
        var text = new StringWriter();
        Reply.WriteJson(text, OrderFile.Of(new ProtocolDigests(deployment).Sign(new Clearinghouse.Order(7, Instrument.Perpetual(2).Packed, 1, 1, 42, 1_800_000_000, 0, 0), key), deployment));
        string folder = Path.GetDirectoryName(_file)!, deployed = Path.Combine(folder, "deployment.json"), keyFile = Path.Combine(folder, "key");
        FileText.Write(_file, text.ToString(), "order file");
        DeploymentFile.Write(deployed, deployment);
        await File.WriteAllTextAsync(keyFile, "0x" + new string('1', 64));
        using var output = new StringWriter();
        using var error = new StringWriter();

        Assert.Equal(1, await Omargin.RunAsync(["order", "match", _file, _file, "--deployment", deployed, "--key-file", keyFile, "--rpc", "http://127.0.0.1:1"], output, error));
        Assert.Equal("error: Both orders are of account 7: match two of different owners.", error.ToString().Trim());
    }

    [Theory]
    [InlineData("50", "1", "The order's fee rate '50' is out of range: give a fraction from 0 to 1, like 0.001.")]
    [InlineData("-1", "1", "The order's fee rate '-1' is out of range: give a fraction from 0 to 1, like 0.001.")]
    [InlineData("0", "0", "The order's size '0' is none: give more than 0 to buy, less to sell, and at most 92233720368.54775807 of either.")]
    [InlineData("0", "-92233720368.54775808", "The order's size '-92233720368.54775808' is none: give more than 0 to buy, less to sell, and at most 92233720368.54775807 of either.")]
    public void ToSigned_NumbersOutOfRange_AreASentence(string maxFeeRate, string size, string expected)
    {
        var file = new OrderFile { Account = 7, Instrument = "BTC-PERP", Size = size, LimitPrice = "1", Nonce = 1, Expiry = 1, MaxFeeRate = maxFeeRate, Signer = default, Signature = "0x" };

        Assert.Equal(expected, Assert.Throws<CliException>(() => file.ToSigned(Samples.Deployment())).Message);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{ \"account\": \"x\" }")]
    public void Read_NoOrder_NamesTheFileAndTheRemedy(string content)
    {
        File.WriteAllText(_file, content);

        string message = Assert.Throws<CliException>(() => OrderFile.Read(_file)).Message;

        Assert.StartsWith($"The order file '{_file}'", message, StringComparison.Ordinal);
        Assert.EndsWith("give a file that `omargin order sign` wrote.", message, StringComparison.Ordinal);
    }
}
