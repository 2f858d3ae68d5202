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
