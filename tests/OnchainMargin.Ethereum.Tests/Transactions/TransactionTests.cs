using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Tests.Transactions;

public sealed class TransactionTests
{
    private static readonly Address To = Address.Parse("0x3535353535353535353535353535353535353535");

    [Fact]
    public void Sign_OfTheExampleOfEip155_GivesItsBytes()
    {
        using PrivateKey key = PrivateKey.Parse("0x4646464646464646464646464646464646464646464646464646464646464646", "EIP-155");
        var transaction = new LegacyTransaction { ChainId = 1, Nonce = 9, GasPriceWei = 20_000_000_000UL, GasLimit = 21_000, To = To, ValueWei = 1_000_000_000_000_000_000UL };

        SignedTransaction signed = key.Sign(transaction);

        Assert.Equal("0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53", transaction.SigningHash().ToString());
        Assert.Equal(
            "0xf86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            HexData.Encode(signed.Raw.Span));
        Assert.Equal(key.Address, signed.RecoverSender());
    }

    [Fact]
    public void EncodeAndDecode_OfEveryForm_AreInverse()
    {
        using var key = PrivateKey.Generate();
        Prop.ForAll(ArbMap.Default.ArbFor<(ulong Nonce, ulong Gas, ulong Fee, ulong Value, byte[] Data, bool IsCreation, uint Chain)>(), input =>
        {
            AccessListEntry[] list = [new(To, [Keccak256.Empty, Hash32.Zero]), new(Address.Zero, [])];
            Address? to = input.IsCreation ? null : To;
            ulong chain = (ulong)input.Chain + 1;
            Transaction[] forms =
            [
                new LegacyTransaction { Nonce = input.Nonce, GasLimit = input.Gas, GasPriceWei = input.Fee, To = to, ValueWei = input.Value, Data = input.Data },
                new LegacyTransaction { ChainId = chain, Nonce = input.Nonce, GasLimit = input.Gas, GasPriceWei = input.Fee, To = to, ValueWei = input.Value, Data = input.Data },
                new AccessListTransaction { ChainId = chain, Nonce = input.Nonce, GasLimit = input.Gas, GasPriceWei = input.Fee, To = to, ValueWei = input.Value, Data = input.Data, AccessList = list },
                new FeeMarketTransaction { ChainId = chain, Nonce = input.Nonce, GasLimit = input.Gas, MaxFeePerGasWei = input.Fee, MaxPriorityFeePerGasWei = 1U, To = to, ValueWei = input.Value, Data = input.Data, AccessList = list },
            ];
            return forms.All(form =>
            {
                SignedTransaction signed = key.Sign(form);
                SignedTransaction read = SignedTransaction.Decode(signed.Raw);
                return read.Hash == signed.Hash
                    && read.Raw.Span.SequenceEqual(signed.Raw.Span)
                    && read.Transaction.GetType() == form.GetType()
                    && read.Transaction.SigningHash() == form.SigningHash()
                    && read.RecoverSender() == key.Address;
            });
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Decode_OfAnyDamage_DecodesOrRefuses()
    {
        using var key = PrivateKey.Generate();
        byte[] good = key.Sign(new FeeMarketTransaction { ChainId = 1, Nonce = 1, GasLimit = 21_000, MaxFeePerGasWei = 9U, MaxPriorityFeePerGasWei = 1U, To = To }).Raw.ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<(int At, byte Value)>(), damage =>
        {
            byte[] bad = [.. good];
            bad[Math.Abs(damage.At % bad.Length)] = damage.Value;
            try
            {
                _ = SignedTransaction.Decode(bad).RecoverSender();
            }
            catch (EthereumFormatException)
            {
                // A refusal is as good as a result; anything else fails the property.
            }

            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0x")]
    [InlineData("0x03c0")]
    [InlineData("0x02")]
    [InlineData("0x02c0")]
    [InlineData("0xc0")]
    [InlineData("0xc9808080808080808080")]
    [InlineData("0x00")]
    public void Decode_OfNoTransaction_Refuses(string raw) => Assert.Throws<EthereumFormatException>(() => SignedTransaction.Decode(HexData.Decode(raw)));

    [Fact]
    public void RecoverSender_OfAHighS_IsRefusedAsOnTheChain()
    {
        using var key = PrivateKey.Generate();
        var transaction = new LegacyTransaction { ChainId = 1, Nonce = 0, GasLimit = 21_000, GasPriceWei = 1U };
        Signature low = key.SignHash(transaction.SigningHash());
        var high = new Signature(low.R, Secp256k1.Order - low.S, (byte)(low.RecoveryId ^ 1));

        Assert.Throws<EthereumFormatException>(() => new SignedTransaction(transaction, high).RecoverSender());
    }

    [Fact]
    public void Create_OfACreatorAndNonce_GivesTheKnownAddresses()
    {
        Address creator = Address.Parse("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0");

        Assert.Equal(Address.Parse("0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"), ContractAddress.Create(creator, 0));
        Assert.Equal(Address.Parse("0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"), ContractAddress.Create(creator, 1));
    }
}
